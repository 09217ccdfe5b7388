import { useEffect } from 'preact/hooks';
import { configurations } from '../data/stores';
import type { Variable } from '../data/types';
import { Value } from '../ui/Value';

/** The value in another environment: what is other than here stands out, and says so. */
export function OtherValue({ env, variable, live }: { env: string; variable: Variable; live: string | null }) {
	const there = configurations.of(env);
	useEffect(() => there.ensure(), [there]);
	const values = there.value.value?.values;
	const { value: problem } = there.problem;
	if (!values && problem) return <span class="bad" title={problem.message}>not read</span>;
	if (!values) return <span class="dim">…</span>;
	const text = values[variable.name] ?? null;
	const same = text === live;
	return (
		<span class={same ? 'same' : 'differs'}>
			{!same && <span title={`other than here: ${live ?? 'not set'}`}>≠ </span>}
			<Value text={text} variable={variable} />
		</span>
	);
}
