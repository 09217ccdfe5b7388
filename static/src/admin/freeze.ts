import type { FreezeWindow } from '../data/types';
import { moment } from '../text/age';

export const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** When a window is, in words. */
export function whenOf({ starts_at, ends_at, weekly }: FreezeWindow): string {
	const bounds = [starts_at && `from ${moment(starts_at)}`, ends_at && `to ${moment(ends_at)}`].filter(Boolean).join(' ');
	if (!weekly) return bounds;
	const names = weekly.days.map((day) => days[day - 1]).join(', ');
	return `${names}, ${weekly.from} to ${weekly.to} ${weekly.timezone}${bounds && `, ${bounds}`}`;
}

/** Whether it can ever stop anything again. */
export const isPast = ({ ends_at }: FreezeWindow, now: number): boolean => ends_at !== null && Date.parse(ends_at) <= now;
