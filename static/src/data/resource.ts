// A resource is something the server owns and the console shows: a signal with its last good value, whether it
// is being read, and what went wrong. Reading again while a read is under way queues one more read; nothing is
// shown before the server said so.
import { batch, signal, type ReadonlySignal } from '@preact/signals';
import { asProblem, type Problem } from './problem';

export interface Resource<T> {
	readonly value: ReadonlySignal<T | null>;
	readonly problem: ReadonlySignal<Problem | null>;
	readonly loading: ReadonlySignal<boolean>;
	/** Reads again; resolves when what was there at the time of the call, or something newer, is shown. */
	refresh(): Promise<void>;
	/** Reads only if it was never read. */
	ensure(): void;
	/** As if it had never been read: what one operator saw is not the next one's. */
	forget(): void;
}

/** Said by the server or its absence, and over by itself: reading again is the remedy. */
const passing = new Set([0, 502, 503, 504]);
const retryAfter = 3_000;

export function resource<T>(read: () => Promise<T>): Resource<T> {
	const value = signal<T | null>(null);
	const problem = signal<Problem | null>(null);
	const loading = signal(false);
	let current: Promise<void> | null = null;
	let queued: Promise<void> | null = null;
	let retry: ReturnType<typeof setTimeout> | undefined;
	let era = 0;

	async function once(): Promise<void> {
		const mine = era;
		clearTimeout(retry);
		loading.value = true;
		try {
			const fresh = await read();
			if (mine !== era) return;
			batch(() => {
				value.value = fresh;
				problem.value = null;
			});
		} catch (thrown) {
			if (mine !== era) return;
			problem.value = asProblem(thrown);
			if (passing.has(problem.value.status)) retry = setTimeout(() => void refresh(), retryAfter);
		} finally {
			if (mine === era) {
				loading.value = false;
				current = null;
			}
		}
	}

	function refresh(): Promise<void> {
		if (!current) return (current = once());
		const mine = era;
		return (queued ??= current.then(() => {
			if (mine !== era) return undefined;
			queued = null;
			return refresh();
		}));
	}

	const ensure = () => {
		if (value.value === null && !current) void refresh();
	};
	const forget = () => {
		era += 1;
		clearTimeout(retry);
		current = null; // who reads next does not wait for an answer that nobody takes
		queued = null;
		batch(() => {
			value.value = null;
			problem.value = null;
			loading.value = false;
		});
	};
	return { value, problem, loading, refresh, ensure, forget };
}

/** One resource a key, made when first asked for. */
export function resources<T>(read: (key: string) => Promise<T>): {
	of(key: string): Resource<T>;
	all(): Map<string, Resource<T>>;
} {
	const made = new Map<string, Resource<T>>();
	const of = (key: string) => {
		let found = made.get(key);
		if (!found) made.set(key, (found = resource(() => read(key))));
		return found;
	};
	return { of, all: () => made };
}
