// The tests run as compiled by tsc into build-test/ (with the decorator metadata of the real build).
export default {
  testEnvironment: '<rootDir>/build-test/test/support/test-environment.js',
  roots: ['<rootDir>/build-test/test'],
  testMatch: ['**/*.test.js'],
  // See jest.drills.config.mjs.
  testPathIgnorePatterns: ['<rootDir>/build-test/test/drills/'],
  transform: {},
  // The decorators of the schema and of the entities write their types through it.
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/build-test/test/support/global-setup.js',
  globalTeardown: '<rootDir>/build-test/test/support/global-teardown.js',
  reporters: ['default', '<rootDir>/build-test/test/support/servers-reporter.js'],
  maxWorkers: 2,
  // Every suite leaves its modules in the memory of its worker. A large worker does not exit in the 500 ms that Jest allows.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 20_000,
};
