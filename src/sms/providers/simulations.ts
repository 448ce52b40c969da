// The simulated platforms of the simulator.

import type { ProviderSimulationDefinition } from '../simulator/provider-simulation.ts';
import { aliyunSimulation } from './aliyun/simulator/simulated-aliyun.ts';
import type { SmsProviderName } from './providers.ts';
import { tencentSimulation } from './tencent/simulator/simulated-tencent.ts';
import { webhookSimulation } from './webhook/simulator/simulated-webhook.ts';
import { yuntongxunSimulation } from './yuntongxun/simulator/simulated-yuntongxun.ts';

/** In the order in which they are asked whether a request is of their protocol. */
export const simulations: readonly (readonly [SmsProviderName, ProviderSimulationDefinition])[] = [
  ['yuntongxun', yuntongxunSimulation as unknown as ProviderSimulationDefinition],
  ['aliyun', aliyunSimulation as unknown as ProviderSimulationDefinition],
  ['tencent', tencentSimulation as unknown as ProviderSimulationDefinition],
  ['webhook', webhookSimulation as unknown as ProviderSimulationDefinition],
];
