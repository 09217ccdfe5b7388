import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../app/announce';
import { go, query, setQuery, withQuery } from '../app/router';
import { runList, type RunFilter } from '../data/runs';
import { catalog, environments } from '../data/stores';
import type { RunKind } from '../data/types';
import { useFresh } from '../data/useFresh';
import { RunSheet } from '../runs/RunSheet';
import { RunTable } from '../runs/RunTable';
import { runKinds } from '../runs/words';
import { FilterField } from '../ui/FilterField';
import { FilterSelect } from '../ui/FilterSelect';
import { Loaded } from '../ui/Loaded';
import { More } from '../ui/More';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

const kinds = Object.entries(runKinds).map(([value, label]) => ({ value, label }));
const isKind = (text: string | null): text is RunKind => text !== null && Object.hasOwn(runKinds, text);

function filterOf(params: URLSearchParams): RunFilter {
	const environment = params.get('environment');
	const kind = params.get('kind');
	const hash = params.get('hash');
	return {
		...(environment ? { environment } : {}),
		...(isKind(kind) ? { kind } : {}),
		...(hash ? { hash } : {}),
	};
}

/** What ran with what: each run is pinned to a parameter set that never changes. */
export function RunsPage() {
	const filter = filterOf(query.value);
	const list = useMemo(() => runList(filter), [JSON.stringify(filter)]);
	const picked = (query.value.get('pick') ?? '').split(',').filter(Boolean);
	const opened = query.value.get('run');
	useFresh(list, 'parameter_set_frozen');
	useEffect(() => {
		environments.ensure();
		catalog.ensure();
	}, []);
	const pick = (id: string) => {
		const next = picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id].slice(-2);
		setQuery('pick', next.join(','));
	};
	const [a, b] = picked;
	const compare = () => {
		if (a && b) go(`/runs/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
		else announce('Tick two runs to compare them');
	};
	return (
		<>
			<PageHead title="Runs" sub="Each is pinned to a parameter set: what it ran with can be read, compared and run again">
				<button
					type="button"
					aria-disabled={!a || !b}
					onClick={compare}
					title={a && b ? `${a} and ${b}` : 'Tick two runs to compare them'}
				>
					Compare {picked.length} of 2
				</button>
			</PageHead>
			<div class="filters" role="group" aria-label="Filters">
				<FilterSelect
					name="environment"
					label="Environment"
					all="every"
					choices={(environments.value.value ?? []).map(({ environment }) => ({
						value: environment,
						label: environment,
					}))}
				/>
				<FilterSelect name="kind" label="Kind" all="any" choices={kinds} />
				<FilterField name="hash" label="Parameter set" />
			</div>
			<Loaded of={list} what="the runs">
				{(runs) =>
					runs.length > 0 ? (
						<>
							<RunTable runs={runs} picked={picked} onPick={pick} />
							<More of={list} what="run" />
						</>
					) : (
						<Nothing filtered={Object.keys(filter).length > 0} />
					)
				}
			</Loaded>
			{opened !== null && (
				<RunSheet id={opened} key={opened} listed={list.value.value?.find(({ run_id }) => run_id === opened)} />
			)}
		</>
	);
}

const Nothing = ({ filtered }: { filtered: boolean }) =>
	filtered ? (
		<Placeholder title="No run like that">
			<button type="button" onClick={() => go(withQuery({ environment: '', kind: '', hash: '' }), 'replace')}>
				Clear the filters
			</button>
		</Placeholder>
	) : (
		<Placeholder title="Nothing has run yet">
			<p>
				A run is pinned before it begins: <code>cvnctl run freeze</code>, or <code>PUT /api/runs/…</code> from the
				program that runs it.
			</p>
		</Placeholder>
	);
