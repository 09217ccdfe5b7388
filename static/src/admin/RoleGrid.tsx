import type { Signal } from '@preact/signals';
import { environments } from '../data/stores';
import type { OperatorRole } from '../data/types';
import { EnvBadge } from '../ui/EnvBadge';

const roles = ['viewer', 'editor', 'approver', 'admin'] as const;

const same = (a: OperatorRole, b: OperatorRole) => a.environment === b.environment && a.role === b.role;

/** Roles by environment; everywhere counts in those that are created later too. */
export function RoleGrid({ held }: { held: Signal<readonly OperatorRole[]> }) {
	const names = ['*', ...(environments.value.value ?? []).map(({ environment }) => environment)];
	const toggle = (one: OperatorRole, on: boolean) => {
		const others = held.peek().filter((row) => !same(row, one));
		held.value = on ? [...others, one] : others;
	};
	return (
		<table class="role-grid">
			<caption>Roles</caption>
			<thead>
				<tr>
					<td />
					{roles.map((role) => (
						<th scope="col" key={role}>
							{role}
						</th>
					))}
				</tr>
			</thead>
			<tbody>
				{names.map((environment) => (
					<tr key={environment}>
						<th scope="row">{environment === '*' ? 'everywhere' : <EnvBadge name={environment} />}</th>
						{roles.map((role) => {
							const one = { environment, role };
							return (
								<td key={role}>
									<label class="pick">
										<input
											type="checkbox"
											checked={held.value.some((row) => same(row, one))}
											onChange={(event) => toggle(one, event.currentTarget.checked)}
											aria-label={`${role} ${environment === '*' ? 'everywhere' : `in ${environment}`}`}
										/>
									</label>
								</td>
							);
						})}
					</tr>
				))}
			</tbody>
		</table>
	);
}
