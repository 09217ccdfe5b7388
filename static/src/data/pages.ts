// A list that the server gives in pages: what has been opened so far is one resource. Reading it again reads as far
// as it was opened, so that an update never takes rows from under a reader.
import { signal, type ReadonlySignal } from '@preact/signals';
import { resource, type Resource } from './resource';

export interface Page<T> {
	items: readonly T[];
	next: string | null;
}

export interface Pages<T> extends Resource<readonly T[]> {
	/** Whether there is more than was opened. */
	readonly more: ReadonlySignal<boolean>;
	/** Opens one page more. */
	open(): Promise<void>;
}

const mostAtOnce = 200; // what the API gives in one answer

export function pages<T>(
	read: (cursor: string | null, limit: number) => Promise<Page<T>>,
	pageSize = 50,
): Pages<T> {
	const more = signal(false);
	let wanted = pageSize;
	const list = resource<readonly T[]>(async () => {
		const all: T[] = [];
		let next: string | null = null;
		do {
			const page: Page<T> = await read(next, Math.min(mostAtOnce, wanted - all.length));
			all.push(...page.items);
			next = page.next;
		} while (next !== null && all.length < wanted);
		more.value = next !== null;
		return all;
	});
	const open = () => {
		wanted += pageSize;
		return list.refresh();
	};
	return { ...list, more, open };
}
