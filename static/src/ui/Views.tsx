import { query, withQuery } from '../app/router';

export interface View {
	/** In the address, as `view`. */
	name: string;
	label: string;
	count?: string;
}

/** Ways to look at one list. They are links, so that each can be opened beside the other, copied, and gone back from. */
export const Views = ({ of, label, chosen }: { of: readonly View[]; label: string; chosen: string }) => (
	<nav class="views" aria-label={label}>
		{of.map(({ name, label: text, count }) => (
			<a
				key={name}
				href={query.value && withQuery({ view: name })}
				{...(name === chosen ? { 'aria-current': 'true' as const } : {})}
			>
				{text}
				{count !== undefined && count !== '0' && <span class="count">{count}</span>}
			</a>
		))}
	</nav>
);
