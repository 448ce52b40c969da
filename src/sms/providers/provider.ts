// What an SMS provider consists of. A provider is a folder that exports one definition, and one entry in providers.ts.

import type { SettingsSchema, SettingValues } from '../../config/env.ts';
import type { ReportReader, ReportRequest } from '../delivery-report.ts';
import type { SimulatedPhone } from '../simulated-phone.ts';
import type { LookUp, SmsSender } from '../sms-sender.ts';

export interface SmsProviderDefinition<Schema extends SettingsSchema = SettingsSchema> {
  /** The settings of this provider alone. */
  readonly settings: Schema;
  /** The settings that must be present when the provider is chosen. */
  readonly requiredSettings: readonly (keyof Schema & string)[];
  /** Development providers send nothing. Production does not allow them. */
  readonly isForDevelopment: boolean;
  /** Whether the started provider has a `phone`. */
  readonly hasPhone?: true;
  /** `print` shows one line to the person at the terminal. */
  readonly start: (
    settings: SettingValues<Schema>,
    print: (line: string) => void,
  ) => Promise<StartedSmsProvider>;
}

/** Receives a report request. Returns whether it is acknowledged. Does not throw. */
export type ReceiveReports = (request: ReportRequest) => Promise<boolean>;

export interface StartedSmsProvider {
  readonly sender: SmsSender;
  /** The limit of one send. */
  readonly timeoutMs: number;
  /** Connections to the provider, which bound the sends at once. */
  readonly connections: number;
  /** Asks about an attempt whose outcome is unknown, if the provider can tell. */
  readonly lookUp?: LookUp;
  /** Absent if the provider sends no delivery reports, or the operator has not set their secret. */
  readonly reports?: ReportReader | undefined;
  /** A provider in this process hands its reports over. The service calls it once, before the first send. */
  readonly connectReports?: (receive: ReceiveReports) => void;
  /** Where a development provider delivers its messages. */
  readonly phone?: SimulatedPhone;
}

/** Keeps the type of the settings, so `start` gets their values typed. */
export function defineSmsProvider<const Schema extends SettingsSchema>(
  definition: SmsProviderDefinition<Schema>,
): SmsProviderDefinition<Schema> {
  return definition;
}
