import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { catalog, environments } from '../data/stores';
import { Icon } from '../ui/Icon';
import { Sheet } from '../ui/Sheet';
import { search } from './items';

/** Anywhere from anywhere: what one types is searched among pages, environments, parameters and actions. */
export function Palette({ onClose }: { onClose: () => void }) {
	const text = useSignal('');
	const at = useSignal(0);
	const list = useRef<HTMLUListElement>(null);
	useEffect(() => {
		catalog.ensure();
		environments.ensure();
	}, []);
	const found = search(text.value);
	const chosen = found[Math.min(at.value, found.length - 1)];
	useEffect(() => {
		list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
	}, [at.value, text.value]);
	const pick = (item = chosen) => {
		if (!item) return;
		onClose();
		item.act();
	};
	const keys = (event: KeyboardEvent) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step !== undefined) {
			event.preventDefault();
			at.value = (Math.min(at.value, found.length - 1) + step + found.length) % Math.max(1, found.length);
		} else if (event.key === 'Enter') {
			event.preventDefault();
			pick();
		}
	};
	return (
		<Sheet titleId="palette-title" onClose={onClose}>
			<h2 id="palette-title" class="visually-hidden">
				Go to
			</h2>
			<label class="palette-input">
				<Icon name="search" />
				<input
					type="text"
					role="combobox"
					aria-label="Go to a page, an environment or a parameter"
					aria-expanded="true"
					aria-controls="palette-list"
					aria-autocomplete="list"
					aria-activedescendant={chosen ? `item-${found.indexOf(chosen)}` : undefined}
					placeholder="Go to a page, an environment or a parameter"
					value={text.value}
					onInput={(event) => {
						text.value = event.currentTarget.value;
						at.value = 0;
					}}
					onKeyDown={keys}
					autocomplete="off"
					spellcheck={false}
				/>
				<kbd aria-hidden="true">Esc</kbd>
			</label>
			<ul class="palette" id="palette-list" role="listbox" aria-label="Results" ref={list}>
				{found.map((item, i) => (
					<li
						key={item.id}
						id={`item-${i}`}
						role="option"
						aria-selected={item === chosen}
						onClick={() => pick(item)}
						onMouseMove={() => (at.value = i)}
					>
						<span class={item.kind === 'Parameter' ? 'mono' : ''}>{item.label}</span>
						<span class="dim note-text">{item.note}</span>
						<span class="dim">{item.kind}</span>
					</li>
				))}
			</ul>
			{found.length === 0 && (
				<p class="palette-none" role="status">
					Nothing is called “{text.value}”
				</p>
			)}
		</Sheet>
	);
}
