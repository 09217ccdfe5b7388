import { address } from '../app/pattern';
import type { Change } from '../data/types';
import { changeKinds, noDifference } from '../text/words';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { ChangeBadge } from '../ui/ChangeBadge';
import { DiffList } from '../ui/DiffList';
import { EnvBadge } from '../ui/EnvBadge';

export function ChangeRow({ change }: { change: Change }) {
	const { id, environment, kind, state, version, diff, reason, created_by, created_at, decided_by } = change;
	return (
		<tr role="row" data-change={id}>
			<th role="rowheader" scope="row">
				<a class="change-link" href={address('changes', String(id))}>
					<span class="num">#{id}</span> {reason}
				</a>
				{kind !== 'change_set' && kind !== 'save' && <small>{changeKinds[kind]}</small>}
			</th>
			<Cell label="Environment">
				<EnvBadge name={environment} version={version ?? undefined} />
			</Cell>
			<Cell label="What">
				<DiffList diff={diff} none={noDifference(change)} />
			</Cell>
			<Cell label="State">
				<ChangeBadge change={change} />
			</Cell>
			<Cell label="By" class="dim">
				{created_by}
				{decided_by !== null && (
					<>
						, {state === 'rejected' ? 'rejected' : 'approved'} by {decided_by}
					</>
				)}{' '}
				· <Ago at={created_at} />
			</Cell>
		</tr>
	);
}
