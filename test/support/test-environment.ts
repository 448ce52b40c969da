import { TestEnvironment } from 'jest-environment-node';

const endWorker = () => process.exit(1);

/**
 * A test worker whose jest was interrupted would go on with its test to the end, and so would its servers. Only
 * out here, beside the sandbox of the tests, does a listener hear that the parent is gone.
 */
export default class WorkerEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    process.once('disconnect', endWorker);
    await super.setup();
  }

  override async teardown(): Promise<void> {
    process.off('disconnect', endWorker); // listening would keep the worker alive
    await super.teardown();
  }
}
