import { address } from '../app/pattern';
import type { Variable } from '../data/types';
import { applies, bounds } from '../text/words';
import { Cell } from '../ui/Cell';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';

export function VariableRow({ variable }: { variable: Variable }) {
	const { name, type, default_value, description, critical, deprecated, excluded_from_ftf } = variable;
	return (
		<tr role="row" data-name={name}>
			<th role="rowheader" scope="row">
				<a class="change-link" href={address('admin', 'catalog', name)}>
					<code>{name}</code>
				</a>
				{critical && (
					<span class="mark-critical">
						<Icon name="warning" />
						critical
					</span>
				)}
				{deprecated && <span class="mark-deprecated">deprecated</span>}
				<small>{description}</small>
			</th>
			<Cell label="Type">{type}</Cell>
			<Cell label="Default">
				<Value text={default_value} variable={variable} />
			</Cell>
			<Cell label="Bounds" class="dim">
				{bounds(variable)}
			</Cell>
			<Cell label="Applies" class="dim">
				{applies(variable)}
				{excluded_from_ftf && <small>no factor of fine-tuning</small>}
			</Cell>
		</tr>
	);
}
