import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { EnvironmentSheet } from '../admin/EnvironmentSheet';
import { address } from '../app/pattern';
import { query, setQuery } from '../app/router';
import { missing } from '../data/permission';
import { environments } from '../data/stores';
import { plural } from '../text/words';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { EnvBadge } from '../ui/EnvBadge';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';

/** Which environments there are, and a new one, of its own or as a copy. */
export function AdminEnvironmentsPage() {
	useEffect(() => environments.ensure(), []);
	const why = missing('admin', '*', 'Creating an environment');
	return (
		<>
			<PageHead title="Environments" sub="Each has its own values, versions, history and workers">
				<button
					type="button"
					class="primary"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'environments-role'}
					onClick={() => why === null && setQuery('environment', 'new', 'push')}
				>
					New environment
				</button>
			</PageHead>
			<AdminNav />
			<NoRole text={why} id="environments-role" />
			<Loaded of={environments} what="the environments">
				{(all) => (
					<table role="table" class="data">
						<caption class="visually-hidden">Environments</caption>
						<Columns of={['Environment', 'Last change', 'Workers', 'Look at']} />
						<tbody role="rowgroup">
							{all.map(({ environment, version, updated_at, updated_by, workers }) => (
								<tr role="row" key={environment} data-environment={environment}>
									<th role="rowheader" scope="row">
										<a class="plain" href={address('config', environment)}>
											<EnvBadge name={environment} version={version} />
										</a>
									</th>
									<Cell label="Last change" class="dim">
										{updated_by} · <Ago at={updated_at} />
									</Cell>
									<Cell label="Workers" class="dim">
										{plural(workers, 'worker')}
									</Cell>
									<Cell label="Look at">
										<a href={`/history?environment=${environment}`}>history</a> ·{' '}
										<a href={`/compare?left=${environment}`}>compare</a>
									</Cell>
								</tr>
							))}
						</tbody>
					</table>
				)}
			</Loaded>
			{query.value.get('environment') === 'new' && why === null && (
				<EnvironmentSheet onClose={() => setQuery('environment', '')} />
			)}
		</>
	);
}
