import { environments } from '../data/stores';
import { lookOf } from '../text/environment';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { useMenu } from '../ui/useMenu';
import { currentEnvironment, found } from './current';
import { address } from './pattern';

/** Which environment one is in, always in sight; and the way to another one. */
export function EnvironmentMenu() {
	const { ref, close } = useMenu();
	const current = currentEnvironment.value;
	if (current === null) return null;
	const all = environments.value.value ?? [];
	const kept = found.value?.route.area === 'config' ? location.search : '';
	const version = all.find(({ environment }) => environment === current)?.version;
	return (
		<>
			<button
				type="button"
				class={`env-switch tone-${lookOf(current).tone}`}
				popoverTarget="environments"
			>
				<span class="visually-hidden">Environment </span>
				<EnvBadge name={current} version={version} />
				<Icon name="down" />
			</button>
			<div id="environments" class="menu menu-left" popover="auto" ref={ref}>
				<ul aria-label="Environments">
					{all.map(({ environment, version: its, workers, workers_current }) => (
						<li key={environment}>
							<a
								href={address('config', environment) + kept}
								onClick={close}
								{...(environment === current ? { 'aria-current': 'true' as const } : {})}
							>
								<EnvBadge name={environment} version={its} />
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
