import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { go, query, withQuery } from '../app/router';
import { historyList } from '../data/history';
import { catalog, environments, operators } from '../data/stores';
import { useFresh } from '../data/useFresh';
import { Chain } from '../history/Chain';
import { Downloads } from '../history/Downloads';
import { Entry } from '../history/Entry';
import { filterOf, members } from '../history/filter';
import { HistoryTable } from '../history/HistoryTable';
import { FilterField } from '../ui/FilterField';
import { FilterSelect } from '../ui/FilterSelect';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

/** What was written, by whom and why; nothing in it is ever changed. */
export function HistoryPage() {
	const filter = filterOf(query.value);
	const list = useMemo(() => historyList(filter), [JSON.stringify(filter)]);
	const verifying = useSignal(false);
	const opened = Number(query.value.get('entry') ?? NaN);
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	useFresh(list, 'config_changed', 'change_state', 'catalog_changed');
	useEffect(() => {
		for (const needed of [environments, operators, catalog]) needed.ensure();
	}, []);
	return (
		<>
			<PageHead title="History" sub="Append-only: what was written stays as it was written">
				<button type="button" aria-pressed={verifying.value} onClick={() => (verifying.value = !verifying.value)}>
					Verify the chain
				</button>
				<Downloads />
			</PageHead>
			<div class="filters" role="group" aria-label="Filters">
				<FilterSelect name="environment" label="Environment" all="every" choices={named(names)} />
				<FilterField
					name="name"
					label="Parameter"
					choices={catalog.value.value?.variables.map(({ name }) => name) ?? []}
				/>
				<FilterSelect
					name="changed_by"
					label="By"
					all="anybody"
					choices={named(operators.value.value?.map(({ login }) => login) ?? [])}
				/>
				<FilterField name="since" label="From" type="date" />
				<FilterField name="until" label="To" type="date" />
				{Object.keys(filter).length > 0 && (
					<button type="button" class="quiet" onClick={clear}>
						Clear
					</button>
				)}
			</div>
			{verifying.value && (
				<div class="facts verdicts">
					{(filter.environment ? [filter.environment] : names).map((environment) => (
						<Chain key={environment} environment={environment} />
					))}
				</div>
			)}
			<Loaded of={list} what="the history">
				{(entries) =>
					entries.length > 0 ? (
						<>
							<HistoryTable entries={entries} />
							<More of={list} what="entry" many="entries" />
						</>
					) : (
						<Nothing filtered={Object.keys(filter).length > 0} />
					)
				}
			</Loaded>
			{!Number.isNaN(opened) && (
				<Entry
					id={opened}
					at={query.value.get('at') ?? ''}
					listed={list.value.value?.find(({ id }) => id === opened)}
				/>
			)}
		</>
	);
}

const named = (names: readonly string[]) => names.map((name) => ({ value: name, label: name }));
const clear = () => go(withQuery(Object.fromEntries(members.map((name) => [name, '']))), 'replace');

const Nothing = ({ filtered }: { filtered: boolean }) =>
	filtered ? (
		<Placeholder title="Nothing was written like that">
			<button type="button" onClick={clear}>
				Clear the filters
			</button>
		</Placeholder>
	) : (
		<Placeholder title="Nothing has been written yet">
			<p>The first save of a parameter is the first entry.</p>
		</Placeholder>
	);
