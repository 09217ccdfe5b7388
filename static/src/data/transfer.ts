// From one environment to another, and from and to documents. All of it ends in a change set, after a plan.
import { api, unwrap } from './api';
import type { Named } from './once';
import type { ChangeDocument, Comparison, Export, ImportDocument, Plan } from './types';

export const compare = (env: string, other: string): Promise<Comparison> =>
	unwrap(api.GET('/config/{env}/compare/{other}', { params: { path: { env, other } } }));

export const exported = (env: string): Promise<Export> =>
	unwrap(api.GET('/config/{env}/export', { params: { path: { env } } }));

const at = (base: number | '*') => ({ 'If-Match': base === '*' ? '*' : `"${base}"` });

/** The API answers one request in two ways: what would be, and what is. */
function asPlan(answer: Plan | ChangeDocument): Plan {
	if ('errors' in answer) return answer;
	throw new Error('a plan was asked for, and a change set came');
}
function asChange(answer: Plan | ChangeDocument): ChangeDocument {
	if ('state' in answer) return answer;
	throw new Error('a change set was asked for, and a plan came');
}

interface Promotion {
	from: string;
	names: string[];
}

export const planPromotion = async (env: string, promotion: Promotion): Promise<Plan> =>
	asPlan(
		await unwrap(
			api.POST('/config/{env}/promote', {
				params: { path: { env }, header: at('*') },
				body: { ...promotion, dry_run: true },
			}),
		),
	);

export const promote = async (
	env: string,
	promotion: Promotion & { from_version: number },
	base: number,
	reason: string,
	as: Named,
): Promise<ChangeDocument> =>
	asChange(
		await unwrap(
			api.POST('/config/{env}/promote', {
				params: { path: { env }, header: at(base) },
				headers: as,
				body: { ...promotion, reason },
			}),
		),
	);

export const planImport = async (env: string, document: ImportDocument): Promise<Plan> =>
	asPlan(
		await unwrap(
			api.POST('/config/{env}/import', {
				params: { path: { env }, header: at('*') },
				body: { ...document, dry_run: true },
			}),
		),
	);

export const importDocument = async (
	env: string,
	document: ImportDocument,
	base: number,
	reason: string,
	as: Named,
): Promise<ChangeDocument> =>
	asChange(
		await unwrap(
			api.POST('/config/{env}/import', {
				params: { path: { env }, header: at(base) },
				headers: as,
				body: { ...document, reason },
			}),
		),
	);
