import type { Change } from '../data/types';
import { rowKeys } from '../ui/rowKeys';
import { ChangeRow } from './ChangeRow';

const move = rowKeys('a.change-link');

/** Change sets, newest first: which, where, what of it, and why. */
export const ChangeTable = ({ changes, caption }: { changes: readonly Change[]; caption: string }) => (
	<table role="table" class="data changes" onKeyDown={move}>
		<caption class="visually-hidden">{caption}</caption>
		<thead role="rowgroup">
			<tr role="row">
				<th role="columnheader" scope="col" class="col-change">
					Change
				</th>
				<th role="columnheader" scope="col" class="col-env">
					Environment
				</th>
				<th role="columnheader" scope="col">
					What
				</th>
				<th role="columnheader" scope="col" class="col-state">
					State
				</th>
				<th role="columnheader" scope="col" class="col-by">
					By
				</th>
			</tr>
		</thead>
		<tbody role="rowgroup">
			{changes.map((change) => (
				<ChangeRow key={change.id} change={change} />
			))}
		</tbody>
	</table>
);
