import type { FieldError } from '../data/types';
import { list } from './words';

/** Errors as sentences. A rule that does not hold is an error at each parameter it names: one sentence is enough. */
export function violationTexts(errors: readonly FieldError[]): string[] {
	const names = new Map<string, string[]>();
	for (const { name, detail } of errors) names.set(detail, [...(names.get(detail) ?? []), name]);
	return [...names].map(([detail, its]) =>
		its.every((name) => detail.includes(name)) ? detail : `${list(its)}: ${detail}`,
	);
}
