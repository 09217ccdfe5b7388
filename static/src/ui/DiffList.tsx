import { useEffect } from 'preact/hooks';
import { catalog, typesOfVariables } from '../data/stores';
import type { DiffItem } from '../data/types';
import { Change } from './Change';

const most = 3;

/** A difference as a few lines of a table; the rest is counted. */
export function DiffList({ diff, none }: { diff: readonly DiffItem[]; none: string }) {
	useEffect(() => catalog.ensure(), []);
	const types = typesOfVariables.value;
	if (diff.length === 0) return <span class="dim">{none}</span>;
	return (
		<ul class="diff-list">
			{diff.slice(0, most).map((item) => (
				<li key={item.name}>
					<code>{item.name}</code> <Change item={item} type={types.get(item.name)} />
				</li>
			))}
			{diff.length > most && <li class="dim">and {diff.length - most} more</li>}
		</ul>
	);
}
