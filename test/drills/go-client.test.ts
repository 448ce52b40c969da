// The client in Go: gqlclientgen generates its types and functions from schema.graphql.

import { itCompletesARegistration } from '../clients/client-contract.ts';
import { buildGoClient } from '../support/client-programs.ts';
import { describeWithGo } from '../support/suites.ts';

describeWithGo('examples/go-client', () => {
  itCompletesARegistration(buildGoClient);
});
