import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { query, setQuery } from '../app/router';

/**
 * A filter that one writes, in the address; taken when it is left or confirmed. Until then it is what is typed,
 * whatever is drawn around it.
 */
export function FilterField({
	name,
	label,
	type = 'text',
	choices,
}: {
	name: string;
	label: string;
	type?: 'text' | 'date';
	choices?: readonly string[];
}) {
	const taken = query.value.get(name) ?? '';
	const text = useSignal(taken);
	const listId = `choices-${name}`;
	useEffect(() => {
		text.value = taken;
	}, [taken]);
	return (
		<label class="filter">
			<span>{label}</span>
			<input
				type={type}
				value={text.value}
				onInput={(event) => (text.value = event.currentTarget.value)}
				onChange={(event) => setQuery(name, event.currentTarget.value.trim())}
				autocomplete="off"
				spellcheck={false}
				{...(choices ? { list: listId } : {})}
			/>
			{choices && (
				<datalist id={listId}>
					{choices.map((choice) => (
						<option key={choice} value={choice} />
					))}
				</datalist>
			)}
		</label>
	);
}
