import { Loaded } from '../ui/Loaded';
import { RunFacts } from './RunFacts';
import { useRun } from './useRun';

/** One of two runs that are compared: what it is. */
export function RunSide({ id }: { id: string }) {
	const found = useRun(id);
	return (
		<article class="side">
			<h2>
				<a class="change-link" href={`/runs?run=${encodeURIComponent(id)}`}>
					<code>{id}</code>
				</a>
			</h2>
			<Loaded of={found} what="the run">
				{({ run }) => (run ? <RunFacts run={run} /> : <p class="dim">It is not among the newest runs.</p>)}
			</Loaded>
		</article>
	);
}
