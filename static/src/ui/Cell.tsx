import type { ComponentChildren } from 'preact';

/** A table cell that names its column where a narrow screen shows rows as blocks. */
export const Cell = ({
	label,
	class: extra,
	children,
}: {
	label: string;
	class?: string;
	children: ComponentChildren;
}) => (
	<td role="cell" data-label={label} class={extra}>
		<div>{children}</div>
	</td>
);
