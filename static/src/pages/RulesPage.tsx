import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { DeleteSheet } from '../admin/DeleteSheet';
import { RuleSheet } from '../admin/RuleSheet';
import { RuleTable } from '../admin/RuleTable';
import { announce } from '../app/announce';
import { query, setQuery } from '../app/router';
import { api, unwrap } from '../data/api';
import { core, coreProblem, startCore } from '../data/core';
import { missing } from '../data/permission';
import { catalog, environments, rules } from '../data/stores';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';
import { ProblemNote } from '../ui/ProblemNote';

/** What must hold between parameters, in every environment and at every save. */
export function RulesPage() {
	useEffect(() => {
		for (const needed of [rules, catalog, environments]) needed.ensure();
	}, []);
	const why = missing('admin', '*', 'Writing a rule');
	const opened = query.value.get('rule');
	const deleting = query.value.get('delete');
	const variables = catalog.value.value?.variables;
	const rule = rules.value.value?.find(({ name }) => name === opened) ?? null;
	const close = () => setQuery('rule', '');
	const gone = async () => {
		await rules.refresh();
		announce(`${deleting} is deleted`);
		setQuery('delete', '');
	};
	return (
		<>
			<PageHead title="Rules" sub="What holds between parameters, in every environment and at every save">
				<button
					type="button"
					class="primary"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'rules-role'}
					onClick={() => why === null && setQuery('rule', '*', 'push')}
				>
					New rule
				</button>
			</PageHead>
			<AdminNav />
			<NoRole text={why} id="rules-role" />
			{coreProblem.value && <ProblemNote problem={coreProblem.value} retry={() => void startCore()} />}
			<Loaded of={rules} what="the rules">
				{(all) =>
					all.length > 0 ? (
						<RuleTable rules={all} variables={variables ?? []} core={variables ? core.value : null} mayDelete={why === null} />
					) : (
						<Placeholder title="There is no rule yet">
							<p>
								A rule says what must hold between parameters: <code>CVN_STOP_LOSS_PCT &lt; CVN_TAKE_PROFIT_PCT</code>.
							</p>
						</Placeholder>
					)
				}
			</Loaded>
			{core.value && variables && (rule !== null || opened === '*') && (
				<RuleSheet key={opened} rule={rule} variables={variables} core={core.value} onClose={close} />
			)}
			{deleting !== null && (
				<DeleteSheet
					what={deleting}
					note="Saves are no longer held against it. What it kept apart can be set together from then on."
					remove={(reason) =>
						unwrap(api.DELETE('/rules/{name}', { params: { path: { name: deleting }, query: { reason } } }))
					}
					onDone={() => void gone()}
					onClose={() => setQuery('delete', '')}
				/>
			)}
		</>
	);
}
