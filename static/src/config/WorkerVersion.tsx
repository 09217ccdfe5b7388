import type { Worker } from '../data/types';
import { Icon } from '../ui/Icon';

/** A worker and the version it has applied; a mark once that is the one looked for. */
export function WorkerVersion({
	worker: { worker_id, applied_version },
	version,
}: {
	worker: Worker;
	version: number;
}) {
	const there = (applied_version ?? 0) >= version;
	return (
		<span class={`worker-version ${there ? 'ok' : 'info'}`} data-worker={worker_id}>
			<Icon name={there ? 'check' : 'half'} />
			{worker_id}{' '}
			<span class="applied num">{applied_version === null ? 'none' : `v${applied_version}`}</span>
		</span>
	);
}
