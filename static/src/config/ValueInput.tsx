import type { Variable } from '../data/types';
import { items } from '../text/words';

interface Props {
	variable: Variable;
	text: string;
	invalid: boolean;
	describedBy: string;
	onText(text: string): void;
}

/** The field a type is edited in. What it yields is always text for the core to judge. */
export function ValueInput({ variable, text, invalid, describedBy, onText }: Props) {
	const common = {
		'aria-label': `New value of ${variable.name}`,
		'aria-invalid': invalid,
		'aria-describedby': describedBy,
	};
	const choices =
		variable.type === 'bool'
			? ['true', 'false']
			: variable.type === 'list'
				? null
				: variable.allowed_values;
	if (choices && choices.length > 0)
		return (
			<select {...common} value={text} onChange={(event) => onText(event.currentTarget.value)}>
				{!choices.includes(text) && <option value={text}>{text === '' ? 'choose' : text}</option>}
				{choices.map((choice) => (
					<option key={choice}>{choice}</option>
				))}
			</select>
		);
	const lines = variable.type === 'list' ? items(text) : null;
	// Lines stand for items only while nothing is lost that way; else the list is edited as the text it is.
	if (lines && lines.every((line) => line.trim() !== '' || lines.length === 1))
		return (
			<textarea
				{...common}
				rows={Math.min(8, lines.length + 1)}
				spellcheck={false}
				defaultValue={lines.join('\n')}
				placeholder="one item a line"
				onInput={(event) =>
					onText(
						JSON.stringify(
							event.currentTarget.value.split('\n').filter((line) => line.trim() !== ''),
						),
					)
				}
			/>
		);
	return (
		<input
			{...common}
			value={text}
			onInput={(event) => onText(event.currentTarget.value)}
			autocomplete="off"
			autocapitalize="none"
			spellcheck={false}
			inputMode={variable.type === 'int' || variable.type === 'decimal' ? 'decimal' : 'text'}
		/>
	);
}
