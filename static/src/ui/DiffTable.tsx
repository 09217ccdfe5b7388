import type { ComponentChildren } from 'preact';
import type { DiffItem, Variable } from '../data/types';
import { applies } from '../text/words';
import { Icon } from './Icon';
import { Value } from './Value';

interface Props {
	diff: readonly DiffItem[];
	/** The catalog's rows by name; a parameter that is no longer there is shown as text. */
	variables: ReadonlyMap<string, Variable>;
	critical?: readonly string[];
	caption?: string;
	/** Said below a parameter's name. */
	note?: (name: string) => ComponentChildren;
}

const unknown = { type: 'string' as const, unit: '' };

/** Old and new values as the server gave them, told apart by sign and word as well as by colour. */
export const DiffTable = ({ diff, variables, critical = [], caption = 'What changes', note }: Props) => (
	<table class="diff">
		<caption class="visually-hidden">{caption}</caption>
		<colgroup>
			<col class="diff-name" />
			<col />
			<col />
			<col class="diff-when" />
		</colgroup>
		<thead class="visually-hidden">
			<tr>
				<th scope="col">Parameter</th>
				<th scope="col">From</th>
				<th scope="col">To</th>
				<th scope="col">Applies at</th>
			</tr>
		</thead>
		<tbody>
			{diff.map(({ name, old, new: fresh }) => {
				const variable = variables.get(name);
				return (
					<tr key={name} data-name={name}>
						<th scope="row">
							<code>{name}</code>
							{critical.includes(name) && (
								<span class="mark-critical">
									<Icon name="warning" />
									critical
								</span>
							)}
							{note?.(name)}
						</th>
						<td>
							<del>
								<span aria-hidden="true">−</span>
								<Value text={old} variable={variable ?? unknown} other={fresh} />
							</del>
						</td>
						<td>
							<ins>
								<span aria-hidden="true">+</span>
								<Value text={fresh} variable={variable ?? unknown} other={old} />
							</ins>
						</td>
						<td class="dim">{variable && `at ${applies(variable)}`}</td>
					</tr>
				);
			})}
		</tbody>
	</table>
);
