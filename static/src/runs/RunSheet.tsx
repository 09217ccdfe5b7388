import { useSignal } from '@preact/signals';
import { go, withQuery } from '../app/router';
import type { Run } from '../data/types';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { Sheet } from '../ui/Sheet';
import { RerunForm } from './RerunForm';
import { RunFacts } from './RunFacts';
import { SetView } from './SetView';
import { useRun } from './useRun';

/** One run: what it is, and all that it ran with. */
export function RunSheet({ id, listed }: { id: string; listed: Run | undefined }) {
	const asked = useRun(id);
	const again = useSignal(false);
	const close = () => go(withQuery({ run: '' }), 'replace');
	const run = listed ?? asked.value.value?.run;
	return (
		<Sheet titleId="run-title" onClose={close}>
			<header>
				<h2 id="run-title">
					Run <code>{id}</code>
				</h2>
			</header>
			<section class="scrolls">
				{run ? (
					<>
						<RunFacts run={run} />
						{again.value && <RerunForm run={run} onCancel={() => (again.value = false)} />}
						<SetView hash={run.parameter_set_hash} />
					</>
				) : (
					<Loaded of={asked} what="the run">
						{() => <Placeholder title="There is no such run, or none that you may read" />}
					</Loaded>
				)}
			</section>
			<footer>
				<button type="button" onClick={close}>
					Close
				</button>
				<span class="grow" />
				{run && !again.value && (
					<button type="button" class="primary" onClick={() => (again.value = true)}>
						Run again with this set
					</button>
				)}
			</footer>
		</Sheet>
	);
}
