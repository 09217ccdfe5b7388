import { withQuery, setQuery } from '../app/router';
import type { Core } from '../core';
import type { Rule, Variable } from '../data/types';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { Verdicts } from './Verdicts';

/** The rules, and whether each holds where. */
export const RuleTable = ({
	rules,
	variables,
	core,
	mayDelete,
}: {
	rules: readonly Rule[];
	variables: readonly Variable[];
	core: Core | null;
	mayDelete: boolean;
}) => (
	<table role="table" class="data rules">
		<caption class="visually-hidden">Rules that every environment holds</caption>
		<Columns of={['Rule', 'Expression', 'Now', 'Written', '']} />
		<tbody role="rowgroup">
			{rules.map((rule) => (
				<tr role="row" key={rule.name} data-rule={rule.name}>
					<th role="rowheader" scope="row">
						<a class="change-link" href={withQuery({ rule: rule.name })}>
							{rule.name}
						</a>
						<small>{rule.message}</small>
					</th>
					<Cell label="Expression">
						<code>{rule.expression}</code>
					</Cell>
					<Cell label="Now">{core && <Verdicts rule={rule} variables={variables} core={core} brief />}</Cell>
					<Cell label="Written" class="dim">
						{rule.updated_by}
						{rule.updated_at !== undefined && (
							<>
								{' '}
								· <Ago at={rule.updated_at} />
							</>
						)}
					</Cell>
					<td role="cell">
						{mayDelete && (
							<button
								type="button"
								class="quiet small"
								onClick={() => setQuery('delete', rule.name, 'push')}
								aria-label={`Delete ${rule.name}`}
							>
								Delete
							</button>
						)}
					</td>
				</tr>
			))}
		</tbody>
	</table>
);
