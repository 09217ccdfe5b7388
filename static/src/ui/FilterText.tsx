import { useEffect, useRef } from 'preact/hooks';
import { query, setQuery } from '../app/router';
import { onKey, shortcutsOn } from '../app/shortcuts';
import { Icon } from './Icon';

/** The text filter of a page, in its address. `/` leads to it; Esc empties it, and then leaves it. */
export function FilterText({ label, placeholder }: { label: string; placeholder: string }) {
	const input = useRef<HTMLInputElement>(null);
	useEffect(
		() =>
			onKey('/', () => {
				input.current?.focus();
				input.current?.select();
			}),
		[],
	);
	const leave = (event: KeyboardEvent) => {
		if (event.key !== 'Escape') return;
		if (query.value.get('q')) setQuery('q', '');
		else input.current?.blur();
	};
	return (
		<label class="find">
			<Icon name="search" />
			<input
				ref={input}
				type="search"
				placeholder={placeholder}
				aria-label={label}
				value={query.value.get('q') ?? ''}
				onInput={(event) => setQuery('q', event.currentTarget.value)}
				onKeyDown={leave}
				autocomplete="off"
				spellcheck={false}
			/>
			{shortcutsOn.value && <kbd aria-hidden="true">/</kbd>}
		</label>
	);
}
