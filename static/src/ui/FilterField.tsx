import { query, setQuery } from '../app/router';

/** A filter that one writes, in the address; taken when it is left or confirmed. */
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
	const listId = `choices-${name}`;
	return (
		<label class="filter">
			<span>{label}</span>
			<input
				type={type}
				value={query.value.get(name) ?? ''}
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
