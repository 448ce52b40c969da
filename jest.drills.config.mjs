// `npm run drill`: the drills only, one after the other, since each of them starts many servers.
import config from './jest.config.mjs';

export default {
  ...config,
  roots: ['<rootDir>/build-test/test/drills'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 120_000,
};
