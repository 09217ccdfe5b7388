/** The two ends of a digest, enough to compare by eye; all of it on hover. */
export const Hash = ({ of }: { of: string }) => (
	<code class="hash" title={of}>
		{of.slice(0, 4)}…{of.slice(-4)}
	</code>
);
