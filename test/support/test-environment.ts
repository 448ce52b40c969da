import { TestEnvironment } from 'jest-environment-node';

const endWorker = () => process.exit(1);

/**
 * Ends a test worker whose parent was interrupted. Otherwise it would continue its test, with its servers. The sandbox of
 * the tests does not receive the event `disconnect`, the environment does.
 */
export default class WorkerEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    process.once('disconnect', endWorker);
    await super.setup();
  }

  override async teardown(): Promise<void> {
    process.off('disconnect', endWorker); // a listener would keep the worker alive
    await super.teardown();
  }
}
