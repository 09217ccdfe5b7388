import { useEffect } from 'preact/hooks';
import type { Params } from '../app/pattern';
import { ConfigHead } from '../config/ConfigHead';
import { ConfigNotices } from '../config/ConfigNotices';
import { Editor } from '../config/Editor';
import { startCore } from '../data/core';
import { catalog, configurations, environments, rules, workers } from '../data/stores';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { core, coreProblem } from '../data/core';
import { ProblemNote } from '../ui/ProblemNote';

export function ConfigPage({ params }: { params: Params }) {
	const env = params['env'] ?? '';
	const live = configurations.of(env);
	useEffect(() => {
		for (const needed of [live, catalog, rules, environments, workers]) needed.ensure();
	}, [env]);

	if (live.problem.value?.status === 404) return <Unknown env={env} />;
	return (
		<>
			<ConfigHead env={env} />
			<ConfigNotices env={env} />
			{coreProblem.value && <ProblemNote problem={coreProblem.value} retry={() => void startCore()} />}
			{rules.problem.value && (
				<ProblemNote problem={rules.problem.value} retry={() => void rules.refresh()} />
			)}
			<Loaded of={catalog} what="the catalog">
				{(definitions) => (
					<Loaded of={live} what={`the values of ${env}`}>
						{(configuration) =>
							definitions.variables.length === 0 ? (
								<Placeholder title="The catalog is empty">
									<p>
										An admin defines parameters in the <a href="/admin/catalog">catalog</a>.
									</p>
								</Placeholder>
							) : (
								<Editor
									env={env}
									catalog={definitions}
									live={configuration}
									rules={rules.value.value}
									core={core.value}
									wanted={params['name'] ?? null}
								/>
							)
						}
					</Loaded>
				)}
			</Loaded>
		</>
	);
}

function Unknown({ env }: { env: string }) {
	const others = environments.value.value ?? [];
	return (
		<>
			<h1 class="visually-hidden">Parameters</h1>
			<Placeholder title={`There is no environment ${env}`}>
				{others.length > 0 && (
					<p>
						There {others.length === 1 ? 'is' : 'are'}{' '}
						{others.map(({ environment }, i) => (
							<span key={environment}>
								{i > 0 && ', '}
								<a href={`/config/${environment}`}>{environment}</a>
							</span>
						))}
						.
					</p>
				)}
			</Placeholder>
		</>
	);
}
