import { useEffect } from 'preact/hooks';
import { variablesByName } from '../changes/variables';
import { api, unwrap } from '../data/api';
import { restore, type Side } from '../data/history';
import { catalog, configurations } from '../data/stores';
import type { HistoryEntry, Plan } from '../data/types';
import { ProposalSheet } from '../proposal/ProposalSheet';
import { list } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Note } from '../ui/Note';
import { ThreeWay } from '../ui/ThreeWay';
import { changedSince } from './since';

/** Sets again what an entry had set, or what was there before it: a change like any other, with its plan first. */
export function RestoreSheet({ entry, to, onClose }: { entry: HistoryEntry; to: Side; onClose: () => void }) {
	const { id, environment, version, diff } = entry;
	const changes = Object.fromEntries(
		diff.map(({ name, old, new: fresh }) => [name, to === 'before' ? old : fresh]),
	);
	useEffect(() => configurations.of(environment).ensure(), [environment]);
	return (
		<ProposalSheet
			title={
				<>
					{to === 'before' ? 'Revert' : 'Restore'} v{version} in <EnvBadge name={environment} />
				</>
			}
			environment={environment}
			plan={() =>
				unwrap(api.POST('/config/{env}/plan', { params: { path: { env: environment } }, body: { changes } }))
			}
			submit={(base, reason, as) => restore(id, to, base, reason, as)}
			note={to === 'before' ? (plan) => <ChangedSince entry={entry} plan={plan} /> : undefined}
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

const unknown = { type: 'string' as const, unit: '' };

/** Somebody changed the same parameters again since: a revert takes that back as well, and says so before. */
function ChangedSince({ entry, plan }: { entry: HistoryEntry; plan: Plan }) {
	const { environment, version } = entry;
	const later = changedSince(entry, plan);
	if (later.length === 0) return null;
	const variables = variablesByName(catalog.value.value);
	const live = configurations.of(environment).value.value;
	// Who is named set this very value: what is read here may be older or newer than the plan.
	const setBy = (name: string, value: string | null) =>
		(live?.values[name] ?? null) === value ? (live?.sources?.[name]?.changed_by ?? null) : null;
	const names = list(later.map(({ name }) => name));
	return (
		<Note tone="warn">
			<strong>Changed again since v{version}.</strong> {names} {later.length === 1 ? 'has' : 'have'} another value
			now than v{version} set. This revert takes {later.length === 1 ? 'that' : 'those'} back too.
			<ThreeWay
				caption="What would be taken back"
				was={`v${version} set`}
				mine="Back to"
				rows={later.map(({ name, set, now, back }) => ({
					name,
					variable: variables.get(name) ?? unknown,
					base: set,
					theirs: now,
					by: setBy(name, now),
					mine: back,
				}))}
			/>
		</Note>
	);
}
