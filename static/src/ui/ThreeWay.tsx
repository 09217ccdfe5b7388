import type { ComponentChildren } from 'preact';
import type { Variable } from '../data/types';
import { Value } from './Value';

export interface ThreeWayRow {
	name: string;
	variable: Pick<Variable, 'type' | 'unit'>;
	base: string | null;
	theirs: string | null;
	/** Who made theirs, where that is known. */
	by: string | null;
	mine: string | null;
}

/** One value in three columns: what it was, what is live now, what is wanted; and, where one chooses, how. */
export const ThreeWay = ({
	caption,
	was = 'It was',
	mine,
	rows,
	choice,
}: {
	caption: string;
	/** The title of the first column. */
	was?: string;
	/** The title of the third column. */
	mine: string;
	rows: readonly ThreeWayRow[];
	choice?: (name: string) => ComponentChildren;
}) => (
	<table class="diff conflict">
		<caption>{caption}</caption>
		<thead>
			<tr>
				<th scope="col">Parameter</th>
				<th scope="col">{was}</th>
				<th scope="col">In force now</th>
				<th scope="col">{mine}</th>
				{choice && <th scope="col">Keep</th>}
			</tr>
		</thead>
		<tbody>
			{rows.map(({ name, variable, base, theirs, by, mine: wanted }) => (
				<tr key={name} data-name={name}>
					<th scope="row">
						<code>{name}</code>
					</th>
					<td data-label={was}>
						<Value text={base} variable={variable} />
					</td>
					<td data-label="In force now">
						<span>
							<Value text={theirs} variable={variable} />
							{by !== null && <span class="dim"> by {by}</span>}
						</span>
					</td>
					<td data-label={mine}>
						<ins>
							<Value text={wanted} variable={variable} />
						</ins>
					</td>
					{choice && <td class="choice">{choice(name)}</td>}
				</tr>
			))}
		</tbody>
	</table>
);
