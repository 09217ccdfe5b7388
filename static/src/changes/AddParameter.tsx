import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import type { Variable } from '../data/types';

/** Takes one parameter more into the change, by its name. */
export function AddParameter({
	from,
	onAdd,
}: {
	from: readonly Variable[];
	onAdd(variable: Variable): void;
}) {
	const text = useSignal('');
	const field = useRef<HTMLInputElement>(null);
	const found = from.find(({ name }) => name === text.value.trim().toUpperCase());
	const add = () => {
		if (!found) return announce('There is no such parameter, or it is part of the change already');
		onAdd(found);
		text.value = '';
		field.current?.focus();
	};
	return (
		<div class="add">
			<label for="add-parameter">Another parameter</label>
			<input
				id="add-parameter"
				ref={field}
				list="add-parameter-names"
				value={text.value}
				placeholder="CVN_"
				autocomplete="off"
				autocapitalize="characters"
				spellcheck={false}
				onInput={(event) => {
					text.value = event.currentTarget.value;
				}}
				onKeyDown={(event) => {
					if (event.key !== 'Enter') return;
					event.preventDefault();
					add();
				}}
			/>
			<datalist id="add-parameter-names">
				{from.map(({ name, description }) => (
					<option key={name} value={name}>
						{description}
					</option>
				))}
			</datalist>
			<button type="button" onClick={add} aria-disabled={!found}>
				Add
			</button>
		</div>
	);
}
