// What the clients of a drill saw: the type and the duration of each answer.

/** One answer of the service, or its absence. */
export interface Answer {
  readonly operation: string;
  /** The member of the union, or one of the two types below. */
  readonly type: string;
  /** When the client had the answer, as `performance.now()`. */
  readonly atMs: number;
  readonly durationMs: number;
}

/** The connection failed, or no answer came within the time-out of the client. */
export const TRANSPORT_ERROR = 'TransportError';
/** Something else than a member of the union: an HTTP error or an error of GraphQL. */
export const UNTYPED = 'UntypedAnswer';

const NOT_NORMAL = ['ServiceUnavailableError', TRANSPORT_ERROR, UNTYPED];

/** Whether the client has to try again because the service does not work. */
export function isDisturbed({ type }: Answer): boolean {
  return NOT_NORMAL.includes(type);
}

/** All answers of a drill, in the order of their arrival. */
export class AnswerLog {
  readonly answers: Answer[] = [];

  record(answer: Answer): void {
    this.answers.push(answer);
  }

  /** The answers that came at that time or later. */
  since(atMs: number): Answer[] {
    return this.answers.filter((answer) => answer.atMs >= atMs);
  }

  count(type: string): number {
    return this.answers.filter((answer) => answer.type === type).length;
  }

  /** When the last answer came that a working service does not give; `undefined` if there is none since then. */
  lastDisturbanceMs(sinceMs: number): number | undefined {
    return this.since(sinceMs).findLast(isDisturbed)?.atMs;
  }
}

/** How many answers there are of each type. */
export function countByType(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of answers) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
