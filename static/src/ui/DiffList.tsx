import type { DiffItem } from '../data/types';
import { Change } from './Change';

const most = 3;

/** A difference as a few lines of a table; the rest is counted. */
export function DiffList({ diff, none }: { diff: readonly DiffItem[]; none: string }) {
	if (diff.length === 0) return <span class="dim">{none}</span>;
	return (
		<ul class="diff-list">
			{diff.slice(0, most).map((item) => (
				<li key={item.name}>
					<code>{item.name}</code> <Change item={item} />
				</li>
			))}
			{diff.length > most && <li class="dim">and {diff.length - most} more</li>}
		</ul>
	);
}
