import type { DiffItem, Variable } from '../data/types';
import { listDiff } from '../text/listDiff';
import { digits } from '../text/words';

const Sign = ({ of }: { of: '−' | '+' }) => <span aria-hidden="true">{of}</span>;

interface Props {
	item: DiffItem;
	/** As the catalog has it now; unknown while it is not there, and of what was deleted. */
	type: Variable['type'] | undefined;
}

/** One change in a line: from, to; of a list what went and what came. */
export function Change({ item: { old, new: fresh }, type }: Props) {
	const read = (text: string | null) =>
		text === null ? 'not set' : type === undefined ? text : digits(text, type);
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
			<del>{read(old)}</del> <span aria-hidden="true">→</span>
			<span class="visually-hidden"> to </span> <ins>{read(fresh)}</ins>
		</span>
	);
}
