import { withQuery } from '../app/router';
import type { HistoryEntry } from '../data/types';
import { changeKinds, noDifference } from '../text/words';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { DiffList } from '../ui/DiffList';
import { EnvBadge } from '../ui/EnvBadge';

export function HistoryRow({ entry }: { entry: HistoryEntry }) {
	const { id, environment, version, kind, changed_at, changed_by, approved_by, reason, diff } = entry;
	return (
		<tr role="row" data-entry={id}>
			<th role="rowheader" scope="row">
				<a class="plain" href={withQuery({ entry: String(id), at: changed_at })}>
					<EnvBadge name={environment} version={version} />
				</a>
			</th>
			<Cell label="Change">
				<DiffList diff={diff} none={noDifference(entry)} />
			</Cell>
			<Cell label="Reason">
				{reason}
				{kind !== 'save' && kind !== 'change_set' && <small>{changeKinds[kind]}</small>}
			</Cell>
			<Cell label="By" class="dim">
				{changed_by}
				{approved_by !== null && <>, approved by {approved_by}</>} · <Ago at={changed_at} />
			</Cell>
		</tr>
	);
}
