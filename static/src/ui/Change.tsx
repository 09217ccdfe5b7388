import type { DiffItem } from '../data/types';
import { listDiff } from '../text/listDiff';

const Sign = ({ of }: { of: '−' | '+' }) => <span aria-hidden="true">{of}</span>;

/** One change in a line: from, to; of a list what went and what came. */
export function Change({ item: { old, new: fresh } }: { item: DiffItem }) {
	const list = listDiff(old, fresh);
	if (list)
		return (
			<span class="num">
				{list.removed.map((item) => (
					<del key={item}>
						<Sign of="−" />
						{item}{' '}
					</del>
				))}
				{list.added.map((item) => (
					<ins key={item}>
						<Sign of="+" />
						{item}{' '}
					</ins>
				))}
			</span>
		);
	return (
		<span class="num">
			<del>{old ?? 'not set'}</del> <span aria-hidden="true">→</span>
			<span class="visually-hidden"> to </span> <ins>{fresh ?? 'not set'}</ins>
		</span>
	);
}
