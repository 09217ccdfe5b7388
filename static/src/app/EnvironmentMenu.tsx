import { environments } from '../data/stores';
import type { Environment } from '../data/types';
import { lookOf } from '../text/environment';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { useMenu } from '../ui/useMenu';
import { found, scope } from './current';
import { address } from './pattern';
import { query, withQuery } from './router';
import { narrowed } from './routes';

/** Which environment the page is about, or that it is about all, always in sight; and the way to another one. */
export function EnvironmentMenu() {
	const { ref, close } = useMenu();
	const about = scope.value;
	const all = environments.value.value ?? [];
	if (about === undefined || (about === null && all.length === 0)) return null;
	const isList = found.value?.route.about === narrowed;
	return (
		<>
			<button
				type="button"
				class={`env-switch ${about === null ? 'is-all' : `tone-${lookOf(about).tone}`}`}
				popoverTarget="environments"
			>
				<span class="visually-hidden">Environment </span>
				{about === null ? <Everywhere /> : <EnvBadge name={about} version={versionOf(about, all)} />}
				<Icon name="down" />
			</button>
			<div id="environments" class="menu menu-left" popover="auto" ref={ref}>
				<ul aria-label="Environments">
					{isList && (
						<li>
							<a href={withQuery({ environment: '' })} onClick={close} {...current(about === null)}>
								<Everywhere />
							</a>
						</li>
					)}
					{all.map(({ environment, version, workers, workers_current }) => (
						<li key={environment}>
							<a
								href={isList ? withQuery({ environment }) : configOf(environment)}
								onClick={close}
								{...current(environment === about)}
							>
								<EnvBadge name={environment} version={version} />
								<span class="dim">
									{workers === 0
										? 'no workers'
										: `${workers_current} of ${workers} current`}
								</span>
							</a>
						</li>
					))}
				</ul>
			</div>
		</>
	);
}

const Everywhere = () => (
	<span class="env is-all">
		<Icon name="all" />
		<span>
			All<span class="long"> environments</span>
		</span>
	</span>
);

const current = (is: boolean) => (is ? { 'aria-current': 'true' as const } : {});

const versionOf = (name: string, all: readonly Environment[]) =>
	all.find(({ environment }) => environment === name)?.version;

/** Among the parameters what is filtered and opened stays so from one environment to the next. */
function configOf(environment: string): string {
	const kept = found.value?.route.area === 'config' ? query.value.toString() : '';
	return address('config', environment) + (kept && `?${kept}`);
}
