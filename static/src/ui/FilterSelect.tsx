import { query, setQuery } from '../app/router';

export interface Choice {
	value: string;
	label: string;
}

/** A filter that lives in the address: what is chosen can be copied from there. The empty value is all. */
export function FilterSelect({
	name,
	label,
	all,
	choices,
}: {
	name: string;
	label: string;
	all: string;
	choices: readonly Choice[];
}) {
	const chosen = query.value.get(name) ?? '';
	const known = chosen === '' || choices.some(({ value }) => value === chosen);
	return (
		<label class="filter">
			<span>{label}</span>
			<select value={chosen} onChange={(event) => setQuery(name, event.currentTarget.value)}>
				<option value="">{all}</option>
				{choices.map(({ value, label: text }) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
				{!known && <option value={chosen}>{chosen}</option>}
			</select>
		</label>
	);
}
