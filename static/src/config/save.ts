// The one write of the console: staged changes, with a reason, on top of the version that was reviewed.
import { api, unwrap } from '../data/api';
import { configurations, environments, workers } from '../data/stores';
import { changesOf, type Drafts } from '../data/drafts';
import type { Named } from '../data/once';
import { stagingOf } from '../data/staging';
import type { Plan, Saved } from '../data/types';
import { rollout } from '../rollout/rollout';

export const plan = (env: string, drafts: Drafts): Promise<Plan> =>
	unwrap(
		api.POST('/config/{env}/plan', { params: { path: { env } }, body: { changes: changesOf(drafts) } }),
	);

export const save = (env: string, drafts: Drafts, base: number, reason: string, as: Named): Promise<Saved> =>
	unwrap(
		api.POST('/config/{env}', {
			params: { path: { env }, header: { 'If-Match': `"${base}"` } },
			headers: as,
			body: { changes: changesOf(drafts), reason },
		}),
	);

/** What a request saved, or null: it saved nothing. */
export async function savedBy(request_id: string): Promise<Saved | null> {
	const { entries } = await unwrap(api.GET('/history', { params: { query: { request_id } } }));
	const [entry] = entries;
	if (!entry || entry.change_id === null) return null; // not a save
	return { version: entry.version, change_id: entry.change_id, diff: entry.diff };
}

/** What was saved is no draft any more, and is followed into the workers. */
export async function follow(environment: string, { version, diff, change_id }: Saved): Promise<void> {
	const names = diff.map(({ name }) => name);
	rollout.value = { environment, version, names, change: change_id };
	stagingOf(environment).unstage(...names);
	await Promise.all([configurations.of(environment).refresh(), environments.refresh(), workers.refresh()]);
}
