// The lanes of the guard. Each request for an SMS belongs to one of them, by what is known about its mobile and its network.

/** Whether the mobile was proved here lately, then whether mobiles were proved from the network of the client. */
export const LANES = ['known.proven', 'known.unproven', 'new.proven', 'new.unproven'] as const;

export type Lane = (typeof LANES)[number];

export function laneOf(isKnownMobile: boolean, isProvenNetwork: boolean): Lane {
  return `${isKnownMobile ? 'known' : 'new'}.${isProvenNetwork ? 'proven' : 'unproven'}`;
}

export const LANE_WINDOWS = ['hour', 'day'] as const;
export type LaneWindow = (typeof LANE_WINDOWS)[number];

/** Open SMS within a window, and how many there may be. An SMS may be sent while `open` is less than `line`. */
export interface LaneLevel {
  readonly open: number;
  readonly line: number;
}

/** A line is its base, and so much for each proof of the best hour or day of the last 14 days. */
export interface LineOptions {
  readonly basePerHour: number;
  readonly basePerDay: number;
  readonly perProof: number;
}

/** How full a lane is: 0 if it has no open SMS, 1 if it rejects the next one. */
export function pressureOf(levels: readonly LaneLevel[]): number {
  return Math.max(...levels.map(({ open, line }) => open / line));
}
