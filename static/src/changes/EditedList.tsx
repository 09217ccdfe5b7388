import type { Edited } from './standing';

const shown = (value: string | null | undefined) => (value === undefined ? 'not part of it' : (value ?? 'not set'));

/** What another content of a change set proposes otherwise than the one that was looked at. */
export const EditedList = ({ of }: { of: readonly Edited[] }) =>
	of.length === 0 ? null : (
		<ul>
			{of.map(({ name, seen, now }) => (
				<li key={name}>
					<code>{name}</code>: you saw {shown(seen)}, it is {shown(now)}
				</li>
			))}
		</ul>
	);
