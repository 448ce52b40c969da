// The schema as Go sees it: types and functions that gqlclientgen writes from schema.graphql alone.

import { buildGoClient } from '../support/client-programs.ts';
import { describeWithGo } from '../support/suites.ts';
import { itIsAClient } from './client-contract.ts';

describeWithGo('examples/go-client', () => {
  itIsAClient(buildGoClient);
});
