import { withQuery } from '../app/router';
import type { Change, Variable } from '../data/types';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';

/** A value that waits for approval, beside the one in force, never instead of it; it opens the change over the table. */
export function PendingMark({ change, variable }: { change: Change; variable: Variable }) {
	const wanted = change.diff.find(({ name }) => name === variable.name)?.new ?? null;
	return (
		<a
			class="pending-mark"
			href={withQuery({ change: String(change.id) })}
			title={`${change.created_by}: ${change.reason}`}
		>
			<Icon name="half" />
			<span class="visually-hidden">{variable.name}: waits for approval: </span>
			<Value text={wanted} variable={variable} />
			<span class="num">#{change.id}</span>
		</a>
	);
}
