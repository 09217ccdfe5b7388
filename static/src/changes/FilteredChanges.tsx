import { useEffect, useMemo } from 'preact/hooks';
import { go, query, withQuery } from '../app/router';
import { changeList, type ChangeFilter } from '../data/changes';
import { session } from '../data/session';
import { environments, operators } from '../data/stores';
import type { ChangeState } from '../data/types';
import { useFresh } from '../data/useFresh';
import { changeStates } from '../text/words';
import { FilterSelect } from '../ui/FilterSelect';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { Placeholder } from '../ui/Placeholder';
import { named } from '../ui/named';
import { ChangeTable } from './ChangeTable';
import { EnvironmentFilter } from './EnvironmentFilter';

const states = Object.entries(changeStates).map(([value, { label }]) => ({ value, label }));
const isState = (text: string | null): text is ChangeState => text !== null && Object.hasOwn(changeStates, text);

/** What the address asks for; whose, is fixed where one looks at one's own. */
function filterOf(params: URLSearchParams, mine: boolean): ChangeFilter {
	const environment = params.get('environment');
	const state = params.get('state');
	const by = mine ? session.value?.login : params.get('created_by');
	return {
		...(environment ? { environment } : {}),
		...(isState(state) ? { state } : {}),
		...(by ? { created_by: by } : {}),
	};
}

export function FilteredChanges({ mine }: { mine: boolean }) {
	const filter = filterOf(query.value, mine);
	const list = useMemo(() => changeList(filter), [JSON.stringify(filter)]);
	useFresh(list, 'change_state', 'config_changed');
	useEffect(() => {
		environments.ensure();
		if (!mine) operators.ensure();
	}, []);
	return (
		<>
			<div class="filters" role="group" aria-label="Filters">
				<EnvironmentFilter />
				<FilterSelect name="state" label="State" all="any" choices={states} />
				{!mine && (
					<FilterSelect
						name="created_by"
						label="By"
						all="anybody"
						choices={named(operators.value.value?.map(({ login }) => login))}
					/>
				)}
			</div>
			<Loaded of={list} what="the changes">
				{(changes) =>
					changes.length > 0 ? (
						<>
							<ChangeTable changes={changes} caption={mine ? 'My changes' : 'All changes'} />
							<More of={list} what="change" />
						</>
					) : (
						<Nothing mine={mine} filtered={Object.keys(filter).length > (mine ? 1 : 0)} />
					)
				}
			</Loaded>
		</>
	);
}

function Nothing({ mine, filtered }: { mine: boolean; filtered: boolean }) {
	if (filtered)
		return (
			<Placeholder title="No change like that">
				<button
					type="button"
					onClick={() => go(withQuery({ environment: '', state: '', created_by: '' }), 'replace')}
				>
					Clear the filters
				</button>
			</Placeholder>
		);
	return (
		<Placeholder title={mine ? 'You have not changed anything yet' : 'Nothing has been changed yet'}>
			<p>
				Pick an <a href="/">environment</a>, edit a value, and review what you staged.
			</p>
		</Placeholder>
	);
}
