import type { HistoryEntry } from '../data/types';
import { Columns } from '../ui/Columns';
import { HistoryRow } from './HistoryRow';

/** What was written, newest first: which version, what of it, why, and who. */
export const HistoryTable = ({ entries }: { entries: readonly HistoryEntry[] }) => (
	<table role="table" class="data history">
		<caption class="visually-hidden">What was written, newest first</caption>
		<Columns of={['Version', 'Change', 'Reason', 'By']} />
		<tbody role="rowgroup">
			{entries.map((entry) => (
				<HistoryRow key={entry.id} entry={entry} />
			))}
		</tbody>
	</table>
);
