// What happened while this tab was open, newest first: the last of it, for whoever wants to look.
import { signal } from '@preact/signals';
import { serverTime } from './clock';
import type { EventType } from './freshness';
import type { LinkEvent } from './link';

export interface Happened extends LinkEvent {
	type: EventType;
	/** When it came, by the server's clock. */
	at: number;
	/** Its place among all that came. */
	n: number;
}

const kept = 200;
let count = 0;

export const happened = signal<readonly Happened[]>([]);

export function remember(event: LinkEvent & { type: EventType }): void {
	count += 1;
	happened.value = [{ ...event, at: serverTime(), n: count }, ...happened.peek().slice(0, kept - 1)];
}

export const forgetEvents = (): void => {
	happened.value = [];
};
