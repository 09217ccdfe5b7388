import { useEffect } from 'preact/hooks';
import type { Core, CoreRule } from '../core';
import { configurations, environments } from '../data/stores';
import type { Variable } from '../data/types';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { violationOf } from './violationOf';

/** A rule against what each environment runs with now. */
export function Verdicts({
	rule,
	variables,
	core,
	brief = false,
}: {
	rule: CoreRule;
	variables: readonly Variable[];
	core: Core;
	/** Says in one line that it holds everywhere, where it does. */
	brief?: boolean;
}) {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	useEffect(() => {
		for (const name of names) configurations.of(name).ensure();
	}, [names.join()]);
	const verdicts = names.flatMap((name) => {
		const live = configurations.of(name).value.value;
		return live ? [{ name, text: violationOf(rule, live, variables, core) }] : [];
	});
	if (brief && verdicts.length > 0 && verdicts.every(({ text }) => text === null))
		return (
			<span data-holds>
				<span class="ok">
					<Icon name="check" />
				</span>{' '}
				holds everywhere
			</span>
		);
	return (
		<ul class="effects" aria-label={`Whether ${rule.name || 'the rule'} holds`}>
			{verdicts.map(({ name, text }) => (
					<li key={name} data-environment={name} data-holds={text === null}>
						<EnvBadge name={name} />
						<span>
							<span class={text === null ? 'ok' : 'bad'}>
								<Icon name={text === null ? 'check' : 'cross'} />
							</span>{' '}
							{text ?? 'holds'}
						</span>
					</li>
			))}
		</ul>
	);
}
