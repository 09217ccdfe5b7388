// Which parameters are picked, to do the same with all of them. Picks outlive the filter, so that one can gather them.
import { signal, type ReadonlySignal } from '@preact/signals';

export interface Selection {
	readonly names: ReadonlySignal<ReadonlySet<string>>;
	toggle(name: string): void;
	/** From the one that was picked last, while it still is, to this one, as they are listed. */
	extend(name: string, listed: readonly string[]): void;
	/** All of these, or, when all of them are picked, none of them. */
	flip(names: readonly string[]): void;
	add(names: readonly string[]): void;
	remove(names: readonly string[]): void;
	clear(): void;
}

export function openSelection(): Selection {
	const names = signal<ReadonlySet<string>>(new Set());
	let last: string | null = null;

	const add = (more: readonly string[]) => (names.value = new Set([...names.peek(), ...more]));
	const remove = (less: readonly string[]) =>
		(names.value = new Set([...names.peek()].filter((name) => !less.includes(name))));
	const flip = (some: readonly string[]) => {
		const held = names.peek();
		if (some.every((name) => held.has(name))) remove(some);
		else add(some);
	};

	return {
		names,
		add,
		remove,
		flip,
		toggle(name) {
			last = name;
			flip([name]);
		},
		extend(name, listed) {
			const from = last !== null && names.peek().has(last) ? listed.indexOf(last) : -1;
			const to = listed.indexOf(name);
			if (from < 0) last = name;
			add(from < 0 ? [name] : listed.slice(Math.min(from, to), Math.max(from, to) + 1));
		},
		clear() {
			last = null;
			names.value = new Set();
		},
	};
}
