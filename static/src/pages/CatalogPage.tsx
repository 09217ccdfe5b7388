import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { CatalogTable } from '../admin/CatalogTable';
import { go, query, setQuery } from '../app/router';
import { missing } from '../data/permission';
import { catalog } from '../data/stores';
import type { Variable } from '../data/types';
import { applies, plural } from '../text/words';
import { FilterText } from '../ui/FilterText';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

const hay = (one: Variable) =>
	[
		one.name,
		one.description,
		one.group_name,
		one.type,
		one.category,
		applies(one),
		one.critical ? 'critical' : '',
		one.deprecated ? 'deprecated' : '',
	]
		.join('\n')
		.toLowerCase();

/** What parameters there are, and what a value of each may be. */
export function CatalogPage() {
	useEffect(() => catalog.ensure(), []);
	const why = missing('admin', '*', 'Changing the catalog');
	const words = (query.value.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
	const all = catalog.value.value;
	return (
		<>
			<PageHead
				title="Catalog"
				sub={all ? `${plural(all.variables.length, 'parameter')} · version ${all.catalog_version}` : '\u00a0'}
			>
				<FilterText label="Filter the catalog" placeholder="Filter by name, group, type" />
				<button
					type="button"
					class="primary"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'catalog-role'}
					onClick={() => why === null && go('/admin/catalog/new')}
				>
					New parameter
				</button>
			</PageHead>
			<AdminNav />
			<NoRole text={why} id="catalog-role" />
			<Loaded of={catalog} what="the catalog">
				{({ variables }) => {
					const shown = variables.filter((one) => words.every((word) => hay(one).includes(word)));
					if (shown.length > 0) return <CatalogTable variables={shown} />;
					return variables.length === 0 ? (
						<Placeholder title="The catalog is empty">
							<p>The first parameter is created here, by an admin.</p>
						</Placeholder>
					) : (
						<Placeholder title="No parameter like that">
							<button type="button" onClick={() => setQuery('q', '')}>
								Clear the filter
							</button>
						</Placeholder>
					);
				}}
			</Loaded>
		</>
	);
}
