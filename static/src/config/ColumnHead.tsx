import type { ComponentChildren } from 'preact';
import { Icon } from '../ui/Icon';
import type { Column } from './columns';
import { sort, sortNext } from './view';

/** A column's name, which sorts by it: up, down, and back to the groups. */
export function ColumnHead({ of: { id, label, kind }, children }: { of: Column; children?: ComponentChildren }) {
	const by = sort.value?.by === id ? sort.value : null;
	return (
		<th
			role="columnheader"
			scope="col"
			class={`col-${kind}`}
			aria-sort={by === null ? 'none' : by.down ? 'descending' : 'ascending'}
		>
			<button
				type="button"
				title={`Sort by ${label.toLowerCase()}`}
				class={by === null ? 'sort' : 'sort is-on'}
				onClick={() => sortNext(id)}
			>
				{label}
				{children}
				<Icon name={by && !by.down ? 'up' : 'down'} />
			</button>
		</th>
	);
}
