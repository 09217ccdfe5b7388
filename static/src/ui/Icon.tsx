// Shapes that carry meaning beside colour, drawn on a 16 by 16 grid in the colour of the text around them.

const shapes = {
	// environments
	square: <path d="M3 3h10v10H3z" />,
	circle: <circle cx="8" cy="8" r="5.5" />,
	diamond: <path d="M8 1.5 14.5 8 8 14.5 1.5 8z" />,
	triangle: <path d="M8 2.2 14.6 13.4H1.4z" />,
	hexagon: <path d="M4.7 2.5h6.6L14.6 8l-3.3 5.5H4.7L1.4 8z" />,
	all: <path class="line" d="M8 2.2 14 5.4 8 8.6 2 5.4zM2 8.2l6 3.2 6-3.2M2 11l6 3.2 6-3.2" />,
	// states
	check: <path class="line" d="m3.5 8.5 3 3 6-7" />,
	half: (
		<>
			<circle class="line" cx="8" cy="8" r="5.2" />
			<path d="M8 2.8a5.2 5.2 0 0 1 0 10.4z" />
		</>
	),
	cross: <path class="line" d="m4 4 8 8M12 4l-8 8" />,
	warning: (
		<>
			<path class="line" d="M8 2.6 14 13H2z" />
			<path class="line" d="M8 6.6v3M8 11.2v.1" />
		</>
	),
	disk: (
		<>
			<ellipse class="line" cx="8" cy="4.2" rx="5" ry="1.9" />
			<path class="line" d="M3 4.2v7.6c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V4.2M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8" />
		</>
	),
	restart: <path class="line" d="M12.9 9.6A5.2 5.2 0 1 1 13 6.3M13.3 2.8v3.6H9.7" />,
	off: <circle class="line" cx="8" cy="8" r="5.2" stroke-dasharray="2.4 2.4" />,
	info: (
		<>
			<circle class="line" cx="8" cy="8" r="5.7" />
			<path class="line" d="M8 7.4v3.6M8 5v.1" />
		</>
	),
	// things to do
	search: (
		<>
			<circle class="line" cx="7" cy="7" r="4.2" />
			<path class="line" d="m10.2 10.2 3.3 3.3" />
		</>
	),
	pencil: <path class="line" d="m3 13 .6-2.8 7-7 2.2 2.2-7 7z" />,
	lock: (
		<>
			<path class="line" d="M5.3 7V5.2a2.7 2.7 0 0 1 5.4 0V7" />
			<rect x="3.6" y="7" width="8.8" height="6.4" rx="1.2" />
		</>
	),
	snow: (
		<path
			class="line"
			d="M8 2v12M2.8 5l10.4 6M13.2 5 2.8 11M6.4 2.6 8 4.2l1.6-1.6M6.4 13.4 8 11.8l1.6 1.6"
		/>
	),
	copy: (
		<>
			<rect class="line" x="5.6" y="5.6" width="7.6" height="7.6" rx="1.4" />
			<path
				class="line"
				d="M10.4 5.6V4a1.2 1.2 0 0 0-1.2-1.2H4A1.2 1.2 0 0 0 2.8 4v5.2A1.2 1.2 0 0 0 4 10.4h1.6"
			/>
		</>
	),
	columns: (
		<>
			<rect class="line" x="2.4" y="3" width="11.2" height="10" rx="1.4" />
			<path class="line" d="M6.2 3v10M9.8 3v10" />
		</>
	),
	undo: <path class="line" d="M5.6 3.4 2.8 6.2 5.6 9M3.2 6.2h6a3.6 3.6 0 0 1 0 7.2H6.4" />,
	next: <path class="line" d="m6.5 4.5 3.5 3.5-3.5 3.5" />,
	up: <path class="line" d="m4.5 9.5 3.5-3.5 3.5 3.5" />,
	down: <path class="line" d="m4.5 6.5 3.5 3.5 3.5-3.5" />,
	right: <path class="line" d="M2.8 8h10M9.3 4.5 12.8 8l-3.5 3.5" />,
	close: <path class="line" d="m4.2 4.2 7.6 7.6M11.8 4.2l-7.6 7.6" />,
	sun: (
		<>
			<circle class="line" cx="8" cy="8" r="2.8" />
			<path
				class="line"
				d="M8 1.6v1.2M8 13.2v1.2M1.6 8h1.2M13.2 8h1.2M3.5 3.5l.8.8M11.7 11.7l.8.8M12.5 3.5l-.8.8M4.3 11.7l-.8.8"
			/>
		</>
	),
	moon: <path class="line" d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />,
	system: (
		<>
			<rect class="line" x="2.2" y="3" width="11.6" height="7.8" rx="1.2" />
			<path class="line" d="M5.8 13.4h4.4" />
		</>
	),
	person: (
		<>
			<circle class="line" cx="8" cy="5.4" r="2.6" />
			<path class="line" d="M3 13.6a5 5 0 0 1 10 0" />
		</>
	),
} as const;

export type IconName = keyof typeof shapes;

export const Icon = ({ name }: { name: IconName }) => (
	<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
		{shapes[name]}
	</svg>
);
