import { lookOf } from '../text/environment';
import { Icon } from './Icon';

/** The name of an environment as it looks everywhere: in the bar, in titles, in buttons. */
export function EnvBadge({ name, version }: { name: string; version?: number | undefined }) {
	const { shape, tone } = lookOf(name);
	return (
		<span class={`env tone-${tone}`}>
			<Icon name={shape} />
			{name}
			{version !== undefined && <span class="env-version">v{version}</span>}
		</span>
	);
}
