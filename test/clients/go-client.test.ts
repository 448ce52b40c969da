// The client in Go: gqlclientgen generates its types and functions from schema.graphql.

import { buildGoClient } from '../support/client-programs.ts';
import { describeWithGo } from '../support/suites.ts';
import { itCompletesARegistration } from './client-contract.ts';

describeWithGo('examples/go-client', () => {
  itCompletesARegistration(buildGoClient);
});
