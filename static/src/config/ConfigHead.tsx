import { useEffect, useRef } from 'preact/hooks';
import { query, setQuery } from '../app/router';
import { onKey, shortcutsOn } from '../app/shortcuts';
import { configurations, workers } from '../data/stores';
import { plural, states, stateOrder } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { LockButton } from './LockButton';
import { ViewMenu } from './ViewMenu';

export function ConfigHead({ env }: { env: string }) {
	const input = useRef<HTMLInputElement>(null);
	useEffect(
		() =>
			onKey('/', () => {
				input.current?.focus();
				input.current?.select();
			}),
		[],
	);
	const version = configurations.of(env).value.value?.version;
	const leave = (event: KeyboardEvent) => {
		if (event.key === 'ArrowDown') {
			event.preventDefault();
			document.querySelector<HTMLElement>('.parameters .value-button')?.focus();
		}
		if (event.key !== 'Escape') return;
		if (query.value.get('q')) setQuery('q', '');
		else input.current?.blur();
	};
	return (
		<div class="head">
			<div>
				<h1>
					Parameters <span class="of">of</span> <EnvBadge name={env} version={version} />
				</h1>
				<p class="sub">
					<Summary env={env} />
				</p>
			</div>
			<div class="tools">
				<LockButton env={env} />
				<ViewMenu env={env} />
				<label class="find">
					<Icon name="search" />
					<input
						ref={input}
						type="search"
						placeholder="Filter by name, group, value"
						aria-label="Filter parameters"
						value={query.value.get('q') ?? ''}
						onInput={(event) => setQuery('q', event.currentTarget.value)}
						onKeyDown={leave}
						autocomplete="off"
						spellcheck={false}
					/>
					{shortcutsOn.value && <kbd aria-hidden="true">/</kbd>}
				</label>
			</div>
		</div>
	);
}

function Summary({ env }: { env: string }) {
	const its = workers.value.value?.filter(({ environment }) => environment === env);
	if (!its) return <>&nbsp;</>;
	if (its.length === 0) return <>No worker runs {env}.</>;
	return (
		<>
			{plural(its.length, 'worker')}:{' '}
			{stateOrder
				.map((state) => [state, its.filter((worker) => worker.state === state).length] as const)
				.filter(([, n]) => n > 0)
				.reverse()
				.map(([state, n], i) => (
					<span key={state}>
						{i > 0 && ', '}
						<a
							class={`plain ${states[state].tone}`}
							href={`/dashboard?environment=${encodeURIComponent(env)}&state=${state}`}
						>
							{n} {states[state].label}
						</a>
					</span>
				))}
		</>
	);
}
