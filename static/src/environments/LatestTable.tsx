import { address } from '../app/pattern';
import type { HistoryEntry } from '../data/types';
import { noDifference } from '../text/words';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { DiffList } from '../ui/DiffList';
import { EnvBadge } from '../ui/EnvBadge';

/** Who saved what, and why, over all environments. */
export const LatestTable = ({ entries }: { entries: readonly HistoryEntry[] }) => (
	<table role="table" class="data latest">
		<caption class="visually-hidden">The latest saves, newest first</caption>
		<Columns of={['Version', 'Change', 'Reason', 'By']} />
		<tbody role="rowgroup">
			{entries.map((entry) => (
				<tr role="row" key={entry.id}>
					<th role="rowheader" scope="row">
						<a class="plain" href={address('config', entry.environment)}>
							<EnvBadge name={entry.environment} version={entry.version} />
						</a>
					</th>
					<Cell label="Change">
						<DiffList diff={entry.diff} none={noDifference(entry)} />
					</Cell>
					<Cell label="Reason">{entry.reason}</Cell>
					<Cell label="By" class="dim">
						{entry.changed_by}
						{entry.approved_by !== null && <>, approved by {entry.approved_by}</>} ·{' '}
						<Ago at={entry.changed_at} />
					</Cell>
				</tr>
			))}
		</tbody>
	</table>
);
