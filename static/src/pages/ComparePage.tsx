import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../app/announce';
import { currentEnvironment } from '../app/current';
import { go, query, setQuery, withQuery } from '../app/router';
import { variablesByName } from '../changes/variables';
import { CompareTable } from '../compare/CompareTable';
import { ImportSheet } from '../compare/ImportSheet';
import { PromoteSheet } from '../compare/PromoteSheet';
import { SideCard } from '../compare/SideCard';
import { missing } from '../data/permission';
import { resource } from '../data/resource';
import { catalog, environments } from '../data/stores';
import { compare } from '../data/transfer';
import { useFresh } from '../data/useFresh';
import { plural } from '../text/words';
import { FilterSelect } from '../ui/FilterSelect';
import { FilterText } from '../ui/FilterText';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

/** Two environments side by side; what is chosen goes from the left one to the right one as a change. */
export function ComparePage() {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	const left = query.value.get('left') ?? currentEnvironment.value ?? '';
	const right = query.value.get('right') ?? names.find((name) => name !== left) ?? '';
	const importing = query.value.get('import');
	useEffect(() => {
		environments.ensure();
		catalog.ensure();
	}, []);
	const choices = names.map((name) => ({ value: name, label: name }));
	return (
		<>
			<PageHead title="Compare environments" sub="What differs, and what of it is taken over">
				<FilterText label="Filter the differences" placeholder="Filter by name or value" />
			</PageHead>
			<div class="filters" role="group" aria-label="Which two">
				<FilterSelect name="left" label="From" all={left || 'choose'} choices={choices} />
				<button type="button" onClick={() => go(withQuery({ left: right, right: left }), 'replace')}>
					Swap
				</button>
				<FilterSelect name="right" label="To" all={right || 'choose'} choices={choices} />
			</div>
			{left !== '' && right !== '' && left !== right ? (
				<Compared left={left} right={right} key={`${left} ${right}`} />
			) : (
				<Placeholder title={names.length < 2 ? 'There is only one environment' : 'Choose two environments'} />
			)}
			{importing !== null && <ImportSheet env={importing} onClose={() => setQuery('import', '')} />}
		</>
	);
}

function Compared({ left, right }: { left: string; right: string }) {
	const found = useMemo(() => resource(() => compare(left, right)), [left, right]);
	const chosen = useSignal<ReadonlySet<string>>(new Set());
	const promoting = useSignal(false);
	useFresh(found, 'config_changed', 'catalog_changed');
	const variables = variablesByName(catalog.value.value);
	const why = missing('editor', right, 'Promoting');
	const choose = (names: readonly string[], on: boolean) => {
		const next = new Set(chosen.value);
		for (const name of names) if (on) next.add(name);
		else next.delete(name);
		chosen.value = next;
	};
	return (
		<>
			<div class="two-sides">
				<SideCard env={left} />
				<SideCard env={right} />
			</div>
			<NoRole text={why} id="promote-role" />
			<Loaded of={found} what="the difference">
				{({ differences }) => {
					const text = (query.value.get('q') ?? '').toLowerCase();
					const shown = differences.filter((one) =>
						`${one.name} ${one.left ?? ''} ${one.right ?? ''}`.toLowerCase().includes(text),
					);
					const wanted = differences.map(({ name }) => name).filter((name) => chosen.value.has(name));
					const open = () => {
						if (why !== null || wanted.length === 0) announce(why ?? 'Choose parameters first');
						else promoting.value = true;
					};
					if (differences.length === 0)
						return <Placeholder title={`${left} and ${right} have the same values`} />;
					return (
						<>
							<div class="above-table">
								<p class="dim">
									{plural(differences.length, 'parameter')} of{' '}
									{catalog.value.value?.variables.length ?? differences.length} differ
								</p>
								<button
									type="button"
									class="primary"
									aria-disabled={why !== null || wanted.length === 0}
									aria-describedby={why === null ? undefined : 'promote-role'}
									onClick={open}
								>
									Promote {wanted.length} to {right}
								</button>
							</div>
							{shown.length > 0 ? (
								<CompareTable
									left={left}
									right={right}
									differences={shown}
									variables={variables}
									chosen={chosen.value}
									onChoose={choose}
								/>
							) : (
								<Placeholder title="No difference like that">
									<button type="button" onClick={() => setQuery('q', '')}>
										Clear the filter
									</button>
								</Placeholder>
							)}
							{promoting.value && (
								<PromoteSheet
									from={left}
									to={right}
									names={wanted}
									onClose={() => (promoting.value = false)}
								/>
							)}
						</>
					);
				}}
			</Loaded>
		</>
	);
}
