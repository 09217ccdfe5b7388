// Ages are told by the server's clock: a desk whose clock is wrong must not show a worker as silent.
import { signal } from '@preact/signals';

let offset = 0;

/** Learns the difference from an answer's Date. Its second is cut off, so half of one is added back. */
export function observeServerTime(date: string | null): void {
	const server = date === null ? NaN : Date.parse(date);
	if (!Number.isNaN(server)) offset = server + 500 - Date.now();
}

/** Now in milliseconds, by the server's clock; what shows an age reads it and is drawn again each second. */
export const now = signal(Date.now());

export const serverTime = (): number => Date.now() + offset;

const tick = () => {
	now.value = serverTime();
};
setInterval(() => {
	if (!document.hidden) tick();
}, 1000);
document.addEventListener('visibilitychange', tick);
