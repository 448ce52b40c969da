// Time in China, where the limits of SMS providers are counted. China has one time zone and no daylight saving time.

export const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

/** `yyyyMMddHHmmss` in Asia/Shanghai, independent of the time zone of the host. */
export function chinaTimestamp(instantMs: number): string {
  return new Date(instantMs + CHINA_OFFSET_MS).toISOString().replace(/\D/g, '').slice(0, 14);
}

/**
 * The instant of a time in Asia/Shanghai: `yyyyMMddHHmmss`, or `yyyy-MM-dd HH:mm:ss`.
 * @returns `undefined` for any other form, and for a day that does not exist.
 */
export function instantOfChinaTime(time: string): number | undefined {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)[ T]?(\d\d):?(\d\d):?(\d\d)$/.exec(time);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const instantMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  // Date.parse reads 30 February as a day of March.
  const isDate = !Number.isNaN(instantMs) && chinaTimestamp(instantMs) === time.replace(/\D/g, '');
  return isDate ? instantMs : undefined;
}

/** Seconds until the next midnight in China, when the daily limits of the platforms reset. */
export function secondsUntilChinaMidnight(instantMs: number): number {
  return Math.ceil((DAY_MS - ((instantMs + CHINA_OFFSET_MS) % DAY_MS)) / 1000);
}

/** Seconds until the next full hour. */
export function secondsUntilNextHour(instantMs: number): number {
  return Math.ceil((HOUR_MS - (instantMs % HOUR_MS)) / 1000);
}
