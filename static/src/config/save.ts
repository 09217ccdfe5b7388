// The one write of the console: staged changes, with a reason, on top of the version that was reviewed.
import { api, unwrap } from '../data/api';
import { configurations, environments, workers } from '../data/stores';
import { changesOf, type Drafts } from '../data/drafts';
import { stagingOf } from '../data/staging';
import type { Plan, Saved } from '../data/types';
import { rollout } from '../rollout/rollout';

export const plan = (env: string, drafts: Drafts): Promise<Plan> =>
	unwrap(
		api.POST('/config/{env}/plan', { params: { path: { env } }, body: { changes: changesOf(drafts) } }),
	);

export async function save(env: string, drafts: Drafts, base: number, reason: string): Promise<Saved> {
	const saved = await unwrap(
		api.POST('/config/{env}', {
			params: { path: { env }, header: { 'If-Match': `"${base}"` } },
			body: { changes: changesOf(drafts), reason },
		}),
	);
	rollout.value = {
		environment: env,
		version: saved.version,
		names: saved.diff.map(({ name }) => name),
		change: saved.change_id,
	};
	stagingOf(env).unstage(...Object.keys(drafts));
	await Promise.all([configurations.of(env).refresh(), environments.refresh(), workers.refresh()]);
	return saved;
}
