import { withQuery } from '../app/router';
import { now } from '../data/clock';
import type { Operator } from '../data/types';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';

const due = 90 * 86_400_000;

const isDue = ({ password_changed_at }: Operator) => now.value - Date.parse(password_changed_at) > due;

/** Everyone with an account: what they may do where, and how old their password is. */
export const OperatorTable = ({ operators }: { operators: readonly Operator[] }) => (
	<table role="table" class="data operators">
		<caption class="visually-hidden">Operators</caption>
		<Columns of={['Login', 'Roles', 'State', 'Password']} />
		<tbody role="rowgroup">
			{operators.map((operator) => (
				<tr role="row" key={operator.login} data-login={operator.login}>
					<th role="rowheader" scope="row">
						<a class="change-link" href={withQuery({ operator: operator.login })}>
							{operator.login}
						</a>
					</th>
					<Cell label="Roles">
						<RoleList of={operator.roles} />
					</Cell>
					<Cell label="State">
						{operator.disabled ? (
							<span class="badge off">
								<Icon name="off" />
								disabled
							</span>
						) : (
							<span class="badge ok">
								<Icon name="check" />
								active
							</span>
						)}
					</Cell>
					<Cell label="Password">
						{isDue(operator) && (
							<span class="badge warn">
								<Icon name="warning" />
								due
							</span>
						)}{' '}
						<span class="dim">
							set <Ago at={operator.password_changed_at} />
						</span>
					</Cell>
				</tr>
			))}
		</tbody>
	</table>
);

function RoleList({ of }: { of: Operator['roles'] }) {
	const names = [...new Set(of.map(({ environment }) => environment))].sort();
	if (names.length === 0) return <span class="dim">none</span>;
	return (
		<ul class="role-list">
			{names.map((name) => (
				<li key={name}>
					{name === '*' ? <b>everywhere</b> : <EnvBadge name={name} />}{' '}
					<span class="dim">
						{of
							.filter(({ environment }) => environment === name)
							.map(({ role }) => role)
							.join(', ')}
					</span>
				</li>
			))}
		</ul>
	);
}
