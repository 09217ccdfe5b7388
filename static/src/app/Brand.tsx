/** Two sliders: what this is about. */
export const Mark = () => (
	<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
		<rect width="32" height="32" rx="8" />
		<path d="M7 11h9M24 11h1M7 21h1M16 21h9" />
		<circle cx="20" cy="11" r="3.2" />
		<circle cx="12" cy="21" r="3.2" />
	</svg>
);

export const Brand = () => (
	<a class="brand" href="/" aria-label="CVN Config">
		<Mark />
		<span>CVN Config</span>
	</a>
);
