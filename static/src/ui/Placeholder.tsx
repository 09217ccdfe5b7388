import type { ComponentChildren } from 'preact';

/** Where a list would be: why there is none, and what to do next. */
export function Placeholder({ title, children }: { title: string; children?: ComponentChildren }) {
	return (
		<div class="placeholder">
			<strong>{title}</strong>
			{children && <div>{children}</div>}
		</div>
	);
}
