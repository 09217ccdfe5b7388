import type { ComponentChildren } from 'preact';

/** The top of a page: what it is, what it says in a line, and what can be done to all of it. */
export const PageHead = ({
	title,
	sub,
	children,
}: {
	title: ComponentChildren;
	sub: ComponentChildren;
	children?: ComponentChildren;
}) => (
	<div class="head">
		<div>
			<h1>{title}</h1>
			<p class="sub">{sub}</p>
		</div>
		{children && <div class="tools">{children}</div>}
	</div>
);
