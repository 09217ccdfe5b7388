// A parameter's definition while it is written: texts as they are typed, and what is sent when the core has no
// objection to them.
import type { Core, CoreVariable } from '../core';
import type { Definition, Variable } from '../data/types';

export interface DefinitionDraft {
	name: string;
	type: Variable['type'];
	/** One a line; none: everything is allowed. */
	allowed: string;
	default_value: string;
	min_value: string;
	max_value: string;
	description: string;
	group_name: string;
	category: Variable['category'];
	unit: string;
	required: boolean;
	deprecated: boolean;
	hot_reloadable: boolean;
	critical: boolean;
	excluded_from_ftf: boolean;
}

/** What each is called where it is told of. */
export const labels: Record<keyof DefinitionDraft, string> = {
	name: 'Name',
	type: 'Type',
	allowed: 'Allowed values',
	default_value: 'Default',
	min_value: 'Minimum',
	max_value: 'Maximum',
	description: 'Description',
	group_name: 'Group',
	category: 'Category',
	unit: 'Unit',
	required: 'Every environment has a value',
	deprecated: 'Deprecated',
	hot_reloadable: 'Taken over while a worker runs',
	critical: 'Critical',
	excluded_from_ftf: 'Not a factor of fine-tuning runs',
};

export const types: readonly Variable['type'][] = ['bool', 'int', 'decimal', 'duration', 'enum', 'string', 'list'];

export const categories: Record<Variable['category'], string> = {
	threshold: 'threshold, at the end of a cycle',
	filter_flag: 'filter flag, at the end of a cycle',
	cooldown: 'cooldown, at the end of a cycle',
	risk_limit: 'risk limit, when no position is open',
};

const fresh: DefinitionDraft = {
	name: '',
	type: 'decimal',
	allowed: '',
	default_value: '',
	min_value: '',
	max_value: '',
	description: '',
	group_name: '',
	category: 'threshold',
	unit: '',
	required: true,
	deprecated: false,
	hot_reloadable: true,
	critical: false,
	excluded_from_ftf: false,
};

export function draftOf(variable: Variable | null): DefinitionDraft {
	if (!variable) return fresh;
	const { name, type, description, group_name, category, unit } = variable;
	const { required, deprecated, hot_reloadable, critical, excluded_from_ftf } = variable;
	return {
		...{ name, type, description, group_name, category, unit },
		...{ required, deprecated, hot_reloadable, critical, excluded_from_ftf },
		allowed: (variable.allowed_values ?? []).join('\n'),
		default_value: variable.default_value ?? '',
		min_value: variable.min_value ?? '',
		max_value: variable.max_value ?? '',
	};
}

export const hasBounds = (type: Variable['type']) => type === 'int' || type === 'decimal' || type === 'duration';
export const hasChoices = (type: Variable['type']) => type !== 'bool';

const textOf = (text: string) => (text === '' ? null : text);
const linesOf = (text: string) => {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.length > 0 ? lines : null;
};

/** The row it would be; what its type has no place for is left out. */
export function variableOf({ allowed, ...draft }: DefinitionDraft): Omit<Definition, 'reason'> & CoreVariable {
	const bounded = hasBounds(draft.type);
	return {
		...draft,
		allowed_values: hasChoices(draft.type) ? linesOf(allowed) : null,
		default_value: textOf(draft.default_value),
		min_value: bounded ? textOf(draft.min_value) : null,
		max_value: bounded ? textOf(draft.max_value) : null,
	};
}

export function definitionOf(draft: DefinitionDraft, reason: string): Definition {
	const { name: _, ...definition } = variableOf(draft);
	return { ...definition, reason };
}

export type DefinitionField = 'name' | 'allowed' | 'default_value' | 'min_value' | 'max_value';

/** How the core's sentences begin, by the field that they are about. */
const about: readonly [beginning: RegExp, field: DefinitionField][] = [
	[/^the name/, 'name'],
	[/^min_value/, 'min_value'],
	[/^max_value/, 'max_value'],
	[/^default_value/, 'default_value'],
	[/allowed_values|list|item/, 'allowed'],
];

export interface Objection {
	field: DefinitionField | null;
	text: string;
}

export function objectionTo(draft: DefinitionDraft, core: Core): Objection | null {
	const text = core.define(variableOf(draft));
	if (text === null) return null;
	return { field: about.find(([beginning]) => beginning.test(text))?.[1] ?? null, text };
}
