import { address } from '../app/pattern';
import type { HistoryEntry } from '../data/types';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { EnvBadge } from '../ui/EnvBadge';

const most = 3;

/** Who saved what, and why, over all environments. */
export const LatestTable = ({ entries }: { entries: readonly HistoryEntry[] }) => (
	<table role="table" class="data latest">
		<caption class="visually-hidden">The latest saves, newest first</caption>
		<thead role="rowgroup">
			<tr role="row">
				<th role="columnheader" scope="col">
					Version
				</th>
				<th role="columnheader" scope="col">
					Change
				</th>
				<th role="columnheader" scope="col">
					Reason
				</th>
				<th role="columnheader" scope="col">
					By
				</th>
			</tr>
		</thead>
		<tbody role="rowgroup">
			{entries.map((entry) => (
				<tr role="row" key={entry.id}>
					<th role="rowheader" scope="row">
						<a class="plain" href={address('config', entry.environment)}>
							<EnvBadge name={entry.environment} version={entry.version} />
						</a>
					</th>
					<Cell label="Change">
						<Diff entry={entry} />
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

function Diff({ entry: { diff } }: { entry: HistoryEntry }) {
	if (diff.length === 0) return <span class="dim">created</span>;
	return (
		<ul>
			{diff.slice(0, most).map(({ name, old, new: fresh }) => (
				<li key={name}>
					<code>{name}</code>{' '}
					<span class="num">
						<del>{old ?? 'not set'}</del> <span aria-hidden="true">→</span>
						<span class="visually-hidden"> to </span> <ins>{fresh ?? 'not set'}</ins>
					</span>
				</li>
			))}
			{diff.length > most && <li class="dim">and {diff.length - most} more</li>}
		</ul>
	);
}
