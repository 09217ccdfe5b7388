// What the names of the domain are called where people read them: one table a kind.
import type { Change, ChangeState, Variable, Worker, WorkerState } from '../data/types';

export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const list = (items: readonly string[]): string =>
	items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/** When a change of a parameter takes effect in a worker. */
export function applies(variable: Variable): 'cycle end' | 'position close' | 'restart' {
	if (!variable.hot_reloadable) return 'restart';
	return variable.category === 'risk_limit' ? 'position close' : 'cycle end';
}

export const appliesBecause = {
	'cycle end': 'A worker takes it over when its decision cycle ends',
	'position close': 'A worker takes it over once no position is open any more',
	restart: 'A worker takes it over when it starts again',
} as const;

export const waitingFor: Record<NonNullable<Worker['waiting_for']>, string> = {
	cycle_end: 'the end of its cycle',
	position_close: 'its position to close',
	section_end: 'the end of a section',
	heartbeat: 'its next heartbeat',
	restart: 'a restart',
};

export const states: Record<WorkerState, { label: string; tone: Tone }> = {
	offline: { label: 'offline', tone: 'off' },
	rejected: { label: 'rejected', tone: 'bad' },
	lagging: { label: 'lagging', tone: 'bad' },
	restart_required: { label: 'restart required', tone: 'warn' },
	pending: { label: 'waiting', tone: 'info' },
	current: { label: 'current', tone: 'ok' },
};

/** Worst first: the order in which a worker's states outrank each other. */
export const stateOrder = Object.keys(states) as WorkerState[];

const fewChoices = 6;

/** What a value may be. Of many choices the first ones, unless all are wanted. */
export function bounds(variable: Variable, all = false): string {
	const { type, min_value, max_value, allowed_values, unit } = variable;
	const suffix = unit ? ` ${unit}` : '';
	if (type === 'bool') return '';
	if (allowed_values && allowed_values.length > 0) return choices(allowed_values, all);
	if (min_value !== null && max_value !== null)
		return `${digits(min_value, type)} to ${digits(max_value, type)}${suffix}`;
	if (min_value !== null) return `from ${digits(min_value, type)}${suffix}`;
	if (max_value !== null) return `up to ${digits(max_value, type)}${suffix}`;
	return '';
}

function choices(values: readonly string[], all: boolean): string {
	if (all || values.length <= fewChoices) return values.join(', ');
	return `${values.slice(0, fewChoices - 2).join(', ')} … ${values.length} choices`;
}

/** Thousands apart, for reading; what is edited, copied or sent keeps the canonical text. */
export function digits(text: string, type: Variable['type']): string {
	if (type !== 'int' && type !== 'decimal') return text;
	const [whole = '', fraction] = text.split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
	return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The items of a list's canonical text; null when it is none. */
export function items(text: string): string[] | null {
	try {
		const parsed: unknown = JSON.parse(text);
		return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : null;
	} catch {
		return null;
	}
}

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'off';

export const changeStates: Record<ChangeState, { label: string; tone: Tone }> = {
	draft: { label: 'draft', tone: 'off' },
	pending_approval: { label: 'waits for approval', tone: 'info' },
	approved: { label: 'approved', tone: 'info' },
	active: { label: 'in force', tone: 'ok' },
	superseded: { label: 'superseded', tone: 'off' },
	rejected: { label: 'rejected', tone: 'bad' },
	withdrawn: { label: 'withdrawn', tone: 'off' },
};

/** How a change set came to be, where it is not a plain one. */
export const changeKinds: Record<Change['kind'], string> = {
	save: 'saved directly',
	change_set: 'change set',
	restore: 'restores older values',
	import: 'imported',
	promote: 'promoted',
	catalog: 'follows the catalog',
	create: 'created the environment',
};

type Written = Pick<Change, 'kind' | 'diff'>;

/** Whether it created an environment in which every parameter has its default. */
export const isBareCreation = ({ kind, diff }: Written): boolean => kind === 'create' && diff.length === 0;

/** What is said of a change without a difference. */
export const noDifference = ({ kind }: Pick<Change, 'kind'>): string =>
	kind === 'create' ? 'all parameters at their defaults' : 'nothing';

/** The same as a sentence. */
export const setNoValue = (change: Pick<Change, 'kind'>): string =>
	change.kind === 'create' ? `It set no value: ${noDifference(change)}.` : 'It set no value.';
