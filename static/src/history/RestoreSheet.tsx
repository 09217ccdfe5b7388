import { api, unwrap } from '../data/api';
import { restore, type Side } from '../data/history';
import type { HistoryEntry } from '../data/types';
import { ProposalSheet } from '../proposal/ProposalSheet';
import { EnvBadge } from '../ui/EnvBadge';

/** Sets again what an entry had set, or what was there before it: a change like any other, with its plan first. */
export function RestoreSheet({ entry, to, onClose }: { entry: HistoryEntry; to: Side; onClose: () => void }) {
	const { id, environment, version, diff } = entry;
	const changes = Object.fromEntries(
		diff.map(({ name, old, new: fresh }) => [name, to === 'before' ? old : fresh]),
	);
	return (
		<ProposalSheet
			title={
				<>
					{to === 'before' ? 'Undo' : 'Restore'} v{version} in <EnvBadge name={environment} />
				</>
			}
			environment={environment}
			plan={() =>
				unwrap(api.POST('/config/{env}/plan', { params: { path: { env: environment } }, body: { changes } }))
			}
			submit={(base, reason) => restore(id, to, base, reason)}
			onClose={onClose}
		>
			<p class="dim">
				{to === 'before'
					? `The values that were there before v${version}, of exactly the parameters it changed.`
					: `The values that v${version} set, of exactly the parameters it changed.`}
			</p>
		</ProposalSheet>
	);
}
