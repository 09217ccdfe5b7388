/** Shown only after a moment (by the stylesheet), so that a quick answer does not flicker. */
export const Loading = ({ what, rows = 6 }: { what: string; rows?: number }) => (
	<div class="loading" role="status">
		<span class="visually-hidden">Reading {what}</span>
		{Array.from({ length: rows }, (_, i) => (
			<span class="bar" key={i} />
		))}
	</div>
);
