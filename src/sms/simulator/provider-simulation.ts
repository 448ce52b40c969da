// What the simulator needs of one protocol. Each provider brings a simulation of its platform in its own folder.

import type { IncomingHttpHeaders } from 'node:http';
import type { SettingsSchema, SettingValues } from '../../config/env.ts';

/** A request to a gateway. */
export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly receivedAtMs: number;
}

export interface GatewayResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The SMS that a request asks for. */
export interface SimulatedSms {
  /** Eleven digits. */
  readonly mobile: string;
  /** The other numbers of the request. The first one chooses the answer. */
  readonly furtherMobiles?: readonly string[];
  readonly code: string;
  /** The text that the phone shows. */
  readonly text: string;
  /** The sender's id of the attempt, if the request has one. */
  readonly attemptId: string | undefined;
}

/** An SMS that a gateway accepted. */
export interface AcceptedSms extends SimulatedSms {
  readonly provider: string;
  readonly messageId: string;
  readonly acceptedAtMs: number;
  readonly state: 'waiting' | 'delivered' | 'undelivered';
}

/** A rejection for a reason that a request does not show. Each platform has its own code and form for it. */
export type SimulatedRejection =
  | 'recipient'
  | 'limit_minute'
  | 'limit_hour'
  | 'limit_day'
  | 'account'
  | 'content'
  | 'throttled'
  /** An error of the platform after which it is unknown whether the SMS was sent. */
  | 'system_error';

/** How many SMS a platform accepts for one number. */
export interface NumberLimit {
  readonly windowSeconds: number;
  readonly limit: number;
  readonly rejection: SimulatedRejection;
}

export type CheckedRequest =
  /** A rejection, or the answer to a request that is no send. */
  | { readonly kind: 'answered'; readonly response: GatewayResponse }
  | { readonly kind: 'sms'; readonly sms: SimulatedSms };

export interface ProviderSimulation {
  /** Where a provider of this name is reached: its `…_BASE_URL` or URL is the simulator's URL with this path. */
  readonly basePath: string;
  /** Whether a request is of this protocol. All protocols share one port. */
  readonly recognizes: (request: GatewayRequest) => boolean;
  /** Checks a request with the codes of the platform, in its order. */
  readonly check: (request: GatewayRequest) => CheckedRequest;
  readonly accept: (sms: SimulatedSms, messageId: string, request: GatewayRequest) => GatewayResponse;
  readonly reject: (
    rejection: SimulatedRejection,
    sms: SimulatedSms,
    request: GatewayRequest,
  ) => GatewayResponse;
  readonly numberLimits: readonly NumberLimit[];
  /** The path of the reports below the URL for reports: `/<provider>/<secret>`. `undefined` without a secret. */
  readonly reportPath: string | undefined;
  /** The report about a delivered or undelivered SMS. */
  readonly report: (
    sms: AcceptedSms,
    nowMs: number,
  ) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };
}

export interface ProviderSimulationDefinition<Schema extends SettingsSchema = SettingsSchema> {
  /** The account that the simulator accepts if the environment names no other. */
  readonly demoSettings: { readonly [Name in keyof Schema]?: string };
  /** `sentTo` returns what this simulation accepted for a number, the latest first. */
  readonly create: (
    settings: SettingValues<Schema>,
    sentTo: (mobile: string) => readonly AcceptedSms[],
  ) => ProviderSimulation;
}
