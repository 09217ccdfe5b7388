import { useEffect } from 'preact/hooks';
import type { Core, CoreRule } from '../core';
import { configurations, environments } from '../data/stores';
import type { Variable } from '../data/types';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { violationOf } from './violationOf';

/** A rule against what each environment runs with now. */
export function Verdicts({ rule, variables, core }: { rule: CoreRule; variables: readonly Variable[]; core: Core }) {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	useEffect(() => {
		for (const name of names) configurations.of(name).ensure();
	}, [names.join()]);
	return (
		<ul class="effects" aria-label={`Whether ${rule.name || 'the rule'} holds`}>
			{names.map((name) => {
				const live = configurations.of(name).value.value;
				if (!live) return null;
				const text = violationOf(rule, live, variables, core);
				return (
					<li key={name} data-environment={name} data-holds={text === null}>
						<EnvBadge name={name} />
						<span>
							<span class={text === null ? 'ok' : 'bad'}>
								<Icon name={text === null ? 'check' : 'cross'} />
							</span>{' '}
							{text ?? 'holds'}
						</span>
					</li>
				);
			})}
		</ul>
	);
}
