import { useEffect } from 'preact/hooks';
import type { Core, CoreVariable } from '../core';
import { configurations, environments, rules } from '../data/stores';
import type { Variable } from '../data/types';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon, type IconName } from '../ui/Icon';
import { effectOn, type Effect } from './effectOn';

/** Environment by environment: what the definition would do to the value there. */
export function Effects({ next, variables, core }: { next: CoreVariable; variables: readonly Variable[]; core: Core }) {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	useEffect(() => {
		rules.ensure();
		for (const name of names) configurations.of(name).ensure();
	}, [names.join()]);
	return (
		<ul class="effects" aria-label="What it does to the environments">
			{names.map((name) => {
				const live = configurations.of(name).value.value;
				const effect = live && effectOn(live, next, variables, rules.value.value ?? [], core);
				return (
					<li key={name} data-environment={name}>
						<EnvBadge name={name} version={live?.version} />
						{effect && <Said effect={effect} />}
					</li>
				);
			})}
		</ul>
	);
}

const looks: Record<Effect['kind'], { icon: IconName; tone: string }> = {
	refused: { icon: 'cross', tone: 'bad' },
	moves: { icon: 'right', tone: 'warn' },
	same: { icon: 'check', tone: 'ok' },
};

function Said({ effect }: { effect: Effect }) {
	const { icon, tone } = looks[effect.kind];
	return (
		<span>
			<span class={tone}>
				<Icon name={icon} />
			</span>{' '}
			{effect.kind === 'refused' ? (
				effect.text
			) : effect.kind === 'moves' ? (
				<>
					a new version: <code>{effect.from ?? 'not set'}</code> becomes <code>{effect.to ?? 'not set'}</code>
				</>
			) : (
				<>
					stays <code>{effect.value ?? 'not set'}</code>
				</>
			)}
		</span>
	);
}
