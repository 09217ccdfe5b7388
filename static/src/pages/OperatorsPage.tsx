import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { OperatorSheet } from '../admin/OperatorSheet';
import { OperatorTable } from '../admin/OperatorTable';
import { Tokens } from '../admin/Tokens';
import { query, setQuery } from '../app/router';
import { missing } from '../data/permission';
import { environments, operators } from '../data/stores';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';

/** Who may do what where; and what programs may. */
export function OperatorsPage() {
	useEffect(() => {
		operators.ensure();
		environments.ensure();
	}, []);
	const why = missing('admin', '*', 'Changing accounts and tokens');
	const opened = query.value.get('operator');
	const operator = operators.value.value?.find(({ login }) => login === opened) ?? null;
	return (
		<>
			<PageHead title="Operators and tokens" sub="Who may do what where; every person has an account of their own">
				<button
					type="button"
					class="primary"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'operators-role'}
					onClick={() => why === null && setQuery('operator', '*', 'push')}
				>
					New operator
				</button>
			</PageHead>
			<AdminNav />
			<NoRole text={why} id="operators-role" />
			<Loaded of={operators} what="the operators">
				{(all) => <OperatorTable operators={all} />}
			</Loaded>
			{why === null && <Tokens />}
			{why === null && (operator !== null || opened === '*') && (
				<OperatorSheet key={opened} operator={operator} onClose={() => setQuery('operator', '')} />
			)}
		</>
	);
}
