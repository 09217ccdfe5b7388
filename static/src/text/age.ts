// How long ago, short enough for a column; and the exact moment, for who wants to know.

const steps: readonly [limit: number, seconds: number, unit: string][] = [
	[60, 1, 's'],
	[3600, 60, 'min'],
	[86_400, 3600, 'h'],
	[Infinity, 86_400, 'd'],
];

export function duration(milliseconds: number): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const [, divisor, unit] = steps.find(([limit]) => seconds < limit) ?? [0, 1, 's'];
	return `${Math.floor(seconds / divisor)} ${unit}`;
}

/** A passed time in words; `bare` leaves out "ago" where a column's title says it. */
export function age(then: string, now: number, bare = false): string {
	const passed = now - Date.parse(then);
	if (passed < 5_000) return 'just now';
	return bare ? duration(passed) : `${duration(passed)} ago`;
}

const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export const moment = (then: string): string => exact.format(new Date(then));

export const isToday = (then: string | number, now: number): boolean =>
	new Date(then).toDateString() === new Date(now).toDateString();

/** Of the day that it is now the time alone, of another one with its date. */
export const shortMoment = (then: string | number, now: number): string =>
	(isToday(then, now) ? clock : exact).format(new Date(then));
