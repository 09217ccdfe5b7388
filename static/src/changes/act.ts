// What can be done to a change set, each a request; and what is shown elsewhere and becomes old by it.
import { api, unwrap } from '../data/api';
import { changeSets, pendingChanges } from '../data/changes';
import type { Named } from '../data/once';
import { configurations, environments, workers } from '../data/stores';
import type { ChangeDocument, Changes } from '../data/types';
import { rollout } from '../rollout/rollout';

export type Verb = 'submit' | 'approve' | 'reject' | 'withdraw' | 'rebase';

interface Act {
	id: number;
	comment: string;
	/** Of the content that was shown: an approval is of it and of nothing else. */
	hash: string;
}

const path = (id: number) => ({ path: { id } });
const said = (comment: string) => (comment === '' ? {} : { comment });

const verbs: Record<Verb, (act: Act) => Promise<ChangeDocument>> = {
	submit: ({ id, comment }) =>
		unwrap(api.POST('/changes/{id}/submit', { params: path(id), body: said(comment) })),
	approve: ({ id, comment, hash }) =>
		unwrap(
			api.POST('/changes/{id}/approve', {
				params: path(id),
				body: { content_hash: hash, ...said(comment) },
			}),
		),
	reject: ({ id, comment }) =>
		unwrap(api.POST('/changes/{id}/reject', { params: path(id), body: said(comment) })),
	withdraw: ({ id, comment }) =>
		unwrap(api.POST('/changes/{id}/withdraw', { params: path(id), body: said(comment) })),
	rebase: ({ id, comment }) =>
		unwrap(api.POST('/changes/{id}/rebase', { params: path(id), body: said(comment) })),
};

/** Does it, and shows what came of it; what was applied can be followed into the workers. */
export async function act(verb: Verb, environment: string, what: Act): Promise<ChangeDocument> {
	try {
		return follow(await verbs[verb](what));
	} finally {
		await readAgain(what.id, environment);
	}
}

export async function edit(
	{ id, environment }: Pick<ChangeDocument, 'id' | 'environment'>,
	changes: Changes,
	reason: string,
): Promise<ChangeDocument> {
	try {
		return await unwrap(api.PATCH('/changes/{id}', { params: path(id), body: { changes, reason } }));
	} finally {
		await readAgain(id, environment);
	}
}

/** A new change set on top of a version: kept as a draft, or submitted, which applies it where nothing is critical. */
export async function propose(
	environment: string,
	changes: Changes,
	base: number,
	reason: string,
	submit: boolean,
	as: Named,
): Promise<ChangeDocument> {
	return unwrap(
		api.POST('/changes', {
			params: { header: { 'If-Match': `"${base}"` } },
			headers: as,
			body: { environment, changes, reason, submit },
		}),
	);
}

/** The change set that a request made, or null: it made none. */
export async function madeBy(request_id: string): Promise<ChangeDocument | null> {
	const { changes } = await unwrap(api.GET('/changes', { params: { query: { request_id } } }));
	const [made] = changes;
	return made ? unwrap(api.GET('/changes/{id}', { params: path(made.id) })) : null;
}

/** What somebody made elsewhere than here: everything that shows it reads it, and what was applied is followed. */
export async function shown(change: ChangeDocument): Promise<ChangeDocument> {
	await readAgain(change.id, change.environment);
	return follow(change);
}

function follow(change: ChangeDocument): ChangeDocument {
	const { id, environment, state, version, diff } = change;
	if (state === 'active' && version !== null)
		rollout.value = { environment, version, names: diff.map(({ name }) => name), change: id };
	return change;
}

const readAgain = (id: number, environment: string) =>
	Promise.all([
		changeSets.of(String(id)).refresh(),
		pendingChanges.refresh(),
		configurations.of(environment).refresh(),
		environments.refresh(),
		workers.refresh(),
	]);
