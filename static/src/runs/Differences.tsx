import type { SetDifference } from '../data/types';
import { items } from '../text/words';
import { Columns } from '../ui/Columns';
import { Value } from '../ui/Value';

const textOf = (value: unknown): string | null =>
	value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

const Side = ({ of, other }: { of: unknown; other: unknown }) => {
	const text = textOf(of);
	const type = text !== null && items(text) ? ('list' as const) : ('string' as const);
	return <Value text={text} variable={{ type, unit: '' }} other={textOf(other)} />;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of two definitions only the members that differ: the rest is said by the name of the row. */
function narrowed({ name, left, right }: SetDifference): SetDifference[] {
	if (!isObject(left) || !isObject(right)) return [{ name, left, right }];
	return [...new Set([...Object.keys(left), ...Object.keys(right)])]
		.filter((key) => JSON.stringify(left[key]) !== JSON.stringify(right[key]))
		.map((key) => ({ name: `${name} · ${key}`, left: left[key], right: right[key] }));
}

/** One part of two sets, side by side; only what differs. */
export const Differences = ({
	title,
	left,
	right,
	of,
}: {
	title: string;
	left: string;
	right: string;
	of: readonly SetDifference[];
}) => (
	<section class="part">
		<h2 class="section">
			{title} <span class="count">{of.length}</span>
		</h2>
		{of.length === 0 ? (
			<p class="dim">The same in both.</p>
		) : (
			<table role="table" class="data sides">
				<caption class="visually-hidden">
					{title}: {left} beside {right}
				</caption>
				<Columns of={['Name', left, right]} />
				<tbody role="rowgroup">
					{of.flatMap(narrowed).map(({ name, left: a, right: b }) => (
						<tr role="row" key={name} data-name={name}>
							<th role="rowheader" scope="row">
								<code>{name}</code>
							</th>
							<td role="cell" data-label={left}>
								<div>
									<Side of={a} other={b} />
								</div>
							</td>
							<td role="cell" data-label={right}>
								<div>
									<Side of={b} other={a} />
								</div>
							</td>
						</tr>
					))}
				</tbody>
			</table>
		)}
	</section>
);
