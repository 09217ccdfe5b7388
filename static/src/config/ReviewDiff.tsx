import type { Catalog, Plan } from '../data/types';
import { applies } from '../text/words';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';

/** The server's diff, not ours. */
export function ReviewDiff({ plan, catalog }: { plan: Plan; catalog: Catalog }) {
	const variables = new Map(catalog.variables.map((variable) => [variable.name, variable]));
	return (
		<table class="diff">
			<caption class="visually-hidden">What changes</caption>
			<thead class="visually-hidden">
				<tr>
					<th scope="col">Parameter</th>
					<th scope="col">From</th>
					<th scope="col">To</th>
					<th scope="col">Applies at</th>
				</tr>
			</thead>
			<tbody>
				{plan.diff.map(({ name, old, new: fresh }) => {
					const variable = variables.get(name);
					const shape = variable ?? { type: 'string' as const, unit: '' };
					return (
						<tr key={name}>
							<th scope="row">
								<code>{name}</code>
								{plan.critical.includes(name) && (
									<span class="mark-critical">
										<Icon name="warning" />
										critical
									</span>
								)}
							</th>
							<td>
								<del>
									<span aria-hidden="true">−</span>
									<Value text={old} variable={shape} />
								</del>
							</td>
							<td>
								<ins>
									<span aria-hidden="true">+</span>
									<Value text={fresh} variable={shape} />
								</ins>
							</td>
							<td class="dim">{variable && `at ${applies(variable)}`}</td>
						</tr>
					);
				})}
			</tbody>
		</table>
	);
}
