// The client in Ruby: graphql-client creates its classes from schema.graphql.

import { rubyClient } from '../support/client-programs.ts';
import { describeWithRuby } from '../support/suites.ts';
import { itCompletesARegistration } from './client-contract.ts';

describeWithRuby('examples/ruby-client', () => {
  itCompletesARegistration(async () => rubyClient());
});
