import type { ImportDocument } from '../data/types';

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

/** An exported document from its text, or the sentence why it is none. */
export function readDocument(text: string): ImportDocument | string {
	let parsed: unknown;
	try {
		parsed = JSON.parse(text);
	} catch {
		return 'This is not JSON.';
	}
	if (typeof parsed !== 'object' || parsed === null || !('values' in parsed))
		return 'An exported document has a member "values"; this has none.';
	const members: Record<string, unknown> = { ...parsed };
	const { values, environment, version, catalog_version } = members;
	if (typeof values !== 'object' || values === null || Array.isArray(values))
		return '"values" has to be an object of texts by parameter.';
	const wrong = Object.entries(values).find(([, value]) => !isText(value));
	if (wrong) return `The value of ${wrong[0]} has to be a text in quotes.`;
	return {
		values: { ...(values as Record<string, string>) },
		...(isText(environment) ? { environment } : {}),
		...(isCount(version) ? { version } : {}),
		...(isCount(catalog_version) ? { catalog_version } : {}),
	};
}
