import { configurations } from '../data/stores';
import type { Change, Variable } from '../data/types';
import { list } from '../text/words';
import { Note } from '../ui/Note';
import { ThreeWay } from '../ui/ThreeWay';
import type { Moved } from './standing';

const unknown = { type: 'string' as const, unit: '' };

/** What a change touches was saved otherwise meanwhile: what an approver would sign is no longer what would happen. */
export function BaseMoved({
	change,
	moved,
	variables,
}: {
	change: Change;
	moved: readonly Moved[];
	variables: ReadonlyMap<string, Variable>;
}) {
	const sources = configurations.of(change.environment).value.value?.sources;
	return (
		<Note tone="bad" icon="warning">
			<strong>
				{change.state === 'draft' ? 'Its base has moved.' : 'Its base has moved, so it cannot be approved.'}
			</strong>{' '}
			{list(moved.map(({ name }) => name))} {moved.length === 1 ? 'has another value' : 'have other values'}{' '}
			than when it was proposed. A rebase keeps what it wants, on top of what is in force now
			{change.state === 'draft' ? '.' : ', and voids what an approver has seen.'}
			<ThreeWay
				caption="What moved under it"
				mine="Proposed"
				rows={moved.map(({ name, base, now, proposed }) => ({
					name,
					variable: variables.get(name) ?? unknown,
					base,
					theirs: now,
					by: sources?.[name]?.changed_by ?? null,
					mine: proposed,
				}))}
			/>
		</Note>
	);
}
