// The instances of the service in a drill: real processes with the settings of production.

import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';

export interface Instance {
  readonly url: string;
  readonly process: ServiceProcess;
}

const READY_TIMEOUT_MS = 20_000;

export class Instances {
  /** Those that receive requests, as behind a load balancer. A drill may change the list. */
  routed: readonly Instance[] = [];

  private readonly all: Instance[] = [];

  constructor(
    private readonly directory: string,
    private readonly environment: Record<string, string>,
  ) {}

  /** Starts an instance. It receives requests as soon as it is ready. */
  async start(environment: Record<string, string> = {}): Promise<Instance> {
    const process = new ServiceProcess(['serve'], this.directory, { ...this.environment, ...environment });
    const url = await process.url().catch(async (error) => {
      await process.end();
      throw error;
    });
    const instance = { url, process };
    this.all.push(instance);
    await eventually(() => isReady(url), READY_TIMEOUT_MS);
    this.routed = [...this.routed, instance];
    return instance;
  }

  /** The instance receives no more requests. It runs on. */
  takeOut(instance: Instance): void {
    this.routed = this.routed.filter((other) => other !== instance);
  }

  /** What all instances logged, also those that have ended. */
  get output(): string {
    return this.all.map(({ process }) => process.output).join('');
  }

  async end(): Promise<void> {
    await Promise.all(this.all.map(({ process }) => process.end()));
  }
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`).catch(() => undefined);
  return response?.ok ?? false;
}
