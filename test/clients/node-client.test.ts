// The client in Node.js: it stands on the SDK, which the build of the pages compiles.

import { describe } from '@jest/globals';
import { nodeClient } from '../support/client-programs.ts';
import { itCompletesARegistration } from './client-contract.ts';

describe('examples/node-client', () => {
  itCompletesARegistration(nodeClient);
});
