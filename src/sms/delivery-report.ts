// The port through which a provider reads delivery reports: HTTP requests of the provider about SMS that it accepted before.

/** A request to `POST /webhooks/<provider>/<secret>`. */
export interface ReportRequest {
  /** With names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as it arrived. */
  readonly body: string;
  readonly receivedAtMs: number;
}

/** The HTTP response with status 200 that a provider expects. Without it the provider repeats its request. */
export interface Acknowledgement {
  readonly contentType: string;
  readonly body: string;
}

/** Why an SMS was not delivered. */
export type UndeliveredCause =
  | 'recipient_unreachable'
  | 'recipient_invalid'
  | 'recipient_blocked'
  | 'limit'
  | 'content'
  | 'account'
  | 'carrier'
  | 'unspecified';

interface ReportFacts {
  /** Our id of the attempt, if the report repeats it. */
  readonly attemptId: string | undefined;
  /** The provider's id of the SMS, as in its answer to the send. */
  readonly messageId: string | undefined;
  /** Eleven digits, if the report states the number. */
  readonly mobile: string | undefined;
  /** The code of the carrier or of the provider, for the log: letters, digits and `_ . : -`, at most 64 characters. */
  readonly code: string;
}

/** One report about one SMS. */
export type DeliveryReport =
  | (ReportFacts & {
      readonly status: 'delivered';
      /** When the phone received the SMS. Without it, the time of the report counts. */
      readonly deliveredAtMs: number | undefined;
    })
  | (ReportFacts & { readonly status: 'undelivered'; readonly cause: UndeliveredCause });

/** Reads the delivery reports of one provider. */
export interface ReportReader {
  /** The end of the path. `undefined` for signed reports, whose path has no secret. */
  readonly pathSecret: string | undefined;
  /** Checks the signature of signed reports. */
  readonly isAuthentic?: (request: ReportRequest) => boolean;
  /**
   * @returns the reports of the request, none if it is about something else, such as an SMS of a person. `undefined` if the
   *   body does not have the documented form.
   */
  readonly read: (request: ReportRequest) => readonly DeliveryReport[] | undefined;
  readonly acknowledge: (request: ReportRequest) => Acknowledgement;
}

const MAX_CODE_LENGTH = 64;

/** A code of a report for the log: only the characters that codes have, and none of a number or an address. */
export function printableReportCode(code: unknown): string {
  return typeof code === 'string' && /^[A-Za-z][\w.:-]*$|^\d{1,6}$/.test(code)
    ? code.slice(0, MAX_CODE_LENGTH)
    : 'of another form';
}
