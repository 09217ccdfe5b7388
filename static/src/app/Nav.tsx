import { lookOf } from '../text/environment';
import { Icon } from '../ui/Icon';
import { useCurrentInSight } from '../ui/useCurrentInSight';
import { currentEnvironment, found, scope } from './current';
import { fill } from './pattern';
import { routes } from './routes';

/** The pages of the route table that have a name in the bar. */
export function Nav() {
	const here = found.value?.route.area;
	const env = currentEnvironment.value;
	// Without an environment some links are not there yet.
	const row = useCurrentInSight(`${here} ${env}`);
	return (
		<nav aria-label="Main" ref={row}>
			{routes.map(({ pattern, area, nav, count }) => {
				const href = nav === undefined ? null : fill(pattern, env === null ? {} : { env });
				const waiting = count?.() ?? '0';
				return (
					href !== null && (
						<a key={area} href={href} {...(area === here ? { 'aria-current': 'page' as const } : {})}>
							{nav}
							{env !== null && env !== scope.value && pattern.includes(':env') && <Of env={env} />}
							{waiting !== '0' && (
								<span class="nav-count">
									<span class="visually-hidden">, waiting for you: </span>
									{waiting}
								</span>
							)}
						</a>
					)
				);
			})}
		</nav>
	);
}

/** Where the bar does not say which environment it is, the link that leads into one does. */
const Of = ({ env }: { env: string }) => (
	<span class={`nav-env tone-${lookOf(env).tone}`} title={`of ${env}`}>
		<span class="visually-hidden"> of {env}</span>
		<Icon name={lookOf(env).shape} />
	</span>
);
