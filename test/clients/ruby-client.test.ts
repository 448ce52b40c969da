// The schema as Ruby sees it: classes that graphql-client makes from schema.graphql alone.

import { rubyClient } from '../support/client-programs.ts';
import { describeWithRuby } from '../support/suites.ts';
import { itIsAClient } from './client-contract.ts';

describeWithRuby('examples/ruby-client', () => {
  itIsAClient(async () => rubyClient());
});
