import type { Comparison, Variable } from '../data/types';
import { Icon } from '../ui/Icon';
import { EnvBadge } from '../ui/EnvBadge';
import { Value } from '../ui/Value';

type Difference = Comparison['differences'][number];
const unknown = { type: 'string' as const, unit: '' };

/** What differs between two environments, and what of it is chosen to be taken over. */
export const CompareTable = ({
	left,
	right,
	differences,
	variables,
	chosen,
	onChoose,
}: {
	left: string;
	right: string;
	differences: readonly Difference[];
	variables: ReadonlyMap<string, Variable>;
	chosen: ReadonlySet<string>;
	onChoose: (names: readonly string[], on: boolean) => void;
}) => {
	const names = differences.map(({ name }) => name);
	const all = names.every((name) => chosen.has(name));
	return (
		<table role="table" class="data sides pickable">
			<caption class="visually-hidden">
				Values of {left} beside {right}
			</caption>
			<thead role="rowgroup">
				<tr role="row">
					<td role="cell" class="cell-pick">
						<label class="pick">
							<input
								type="checkbox"
								checked={all}
								onChange={() => onChoose(names, !all)}
								aria-label="Choose all that are shown"
							/>
						</label>
					</td>
					<th role="columnheader" scope="col">
						Parameter
					</th>
					<th role="columnheader" scope="col">
						<EnvBadge name={left} />
					</th>
					<th role="columnheader" scope="col">
						<EnvBadge name={right} />
					</th>
				</tr>
			</thead>
			<tbody role="rowgroup">
				{differences.map(({ name, left: a, right: b }) => {
					const variable = variables.get(name) ?? unknown;
					return (
						<tr role="row" key={name} data-name={name} class={chosen.has(name) ? 'is-staged' : ''}>
							<td role="cell" class="cell-pick">
								<label class="pick">
									<input
										type="checkbox"
										checked={chosen.has(name)}
										onChange={(event) => onChoose([name], event.currentTarget.checked)}
										aria-label={`Choose ${name}`}
									/>
								</label>
							</td>
							<th role="rowheader" scope="row">
								<code>{name}</code>
								{variables.get(name)?.critical && (
									<span class="mark-critical">
										<Icon name="warning" />
										critical
									</span>
								)}
							</th>
							<td role="cell" data-label={left}>
								<div>
									<Value text={a} variable={variable} other={b} />
								</div>
							</td>
							<td role="cell" data-label={right}>
								<div>
									<Value text={b} variable={variable} other={a} />
								</div>
							</td>
						</tr>
					);
				})}
			</tbody>
		</table>
	);
};
