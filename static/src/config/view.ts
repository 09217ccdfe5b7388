// How an operator likes the table. Density and columns are kept for this browser, a login each; columns and order are
// in the address as well, so that who is sent it sees the same.
import { computed, signal } from '@preact/signals';
import { query, setQuery } from '../app/router';
import { session } from '../data/session';

export const densities = ['compact', 'comfortable'] as const;
export type Density = (typeof densities)[number];

interface View {
	density: Density;
	columns: readonly string[];
}

const standard: View = { density: 'compact', columns: ['text', 'bounds', 'applies', 'last'] };
const none = 'none';
const prefix = 'cvn-table:';

const written = signal(0);
const key = computed(() => `${prefix}${session.value?.login ?? ''}`);
const kept = computed<View>(() => {
	void written.value;
	return read(localStorage.getItem(key.value));
});

/** Whatever else lies there, the table is drawn. */
function read(text: string | null): View {
	try {
		const { density, columns } = JSON.parse(text ?? '{}') as Partial<Record<keyof View, unknown>>;
		return {
			density: densities.find((one) => one === density) ?? standard.density,
			columns: Array.isArray(columns) ? columns.map(String) : standard.columns,
		};
	} catch {
		return standard;
	}
}

function keep(part: Partial<View>): void {
	localStorage.setItem(key.peek(), JSON.stringify({ ...kept.peek(), ...part }));
	written.value += 1;
}

addEventListener('storage', (event) => {
	if (event.key?.startsWith(prefix)) written.value += 1;
});

const spell = (columns: readonly string[]): string => columns.join('.') || none;

export const density = computed(() => kept.value.density);
export const chooseDensity = (chosen: Density): void => keep({ density: chosen });

/** The columns shown after name and value; what the address names is not kept until one chooses oneself. */
export const columnIds = computed<readonly string[]>(() => {
	const named = query.value.get('cols');
	if (named === null) return kept.value.columns;
	return named === none ? [] : named.split('.');
});

/** In the address, unless they are what everybody has at first. */
export function spellColumns(columns = columnIds.peek()): void {
	const text = spell(columns);
	setQuery('cols', text === spell(standard.columns) ? '' : text);
}

export function chooseColumns(columns: readonly string[]): void {
	keep({ columns });
	spellColumns(columns);
}

export interface Sort {
	by: string;
	down: boolean;
}

/** Null: by group and name. */
export const sort = computed<Sort | null>(() => {
	const text = query.value.get('sort') ?? '';
	if (text === '') return null;
	return text.startsWith('-') ? { by: text.slice(1), down: true } : { by: text, down: false };
});

export const sortBy = (chosen: Sort | null): void =>
	setQuery('sort', chosen === null ? '' : `${chosen.down ? '-' : ''}${chosen.by}`);

/** Up, down, and back to the groups. */
export function sortNext(by: string): void {
	const now = sort.peek();
	if (now?.by !== by) sortBy({ by, down: false });
	else sortBy(now.down ? null : { by, down: true });
}
