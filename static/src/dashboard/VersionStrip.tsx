import { address } from '../app/pattern';
import type { Environment } from '../data/types';
import { lookOf } from '../text/environment';
import { Ago } from '../ui/Ago';
import { EnvBadge } from '../ui/EnvBadge';

/** Which version is in force where, and by how many workers. */
export const VersionStrip = ({ environments }: { environments: readonly Environment[] }) => (
	<ul class="strip" aria-label="Version of each environment">
		{environments.map(({ environment, version, updated_at, updated_by, workers, workers_current }) => (
			<li key={environment} class={`tone-${lookOf(environment).tone}`}>
				<a class="plain" href={address('config', environment)}>
					<EnvBadge name={environment} />
				</a>
				<b class="num">v{version}</b>
				<span class="dim">
					{updated_by} · <Ago at={updated_at} />
				</span>
				<span class={workers === workers_current ? 'dim' : 'warn'}>
					{workers === 0 ? 'no workers' : `${workers_current} of ${workers} current`}
				</span>
			</li>
		))}
	</ul>
);
