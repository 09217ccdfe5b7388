import type { Worker } from '../data/types';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { EnvBadge } from '../ui/EnvBadge';
import { FromCache } from '../ui/FromCache';
import { StateBadge } from '../ui/StateBadge';
import { WorkerWhy } from './WorkerWhy';

export function WorkerRow({ worker }: { worker: Worker }) {
	const { worker_id, build, environment, state, applied_version, target_version, last_heartbeat } = worker;
	const behind = applied_version !== target_version;
	return (
		<tr role="row" data-worker={worker_id} class={`is-${state}`}>
			<th role="rowheader" scope="row">
				<code>{worker_id}</code>
				{build && <small>build {build}</small>}
				<FromCache worker={worker} />
			</th>
			<Cell label="Environment">
				<EnvBadge name={environment} />
			</Cell>
			<Cell label="State">
				<StateBadge state={state} />
			</Cell>
			<Cell label="Version" class="num">
				<span class="applied">{applied_version === null ? 'none' : `v${applied_version}`}</span>
				{behind && <span class="dim"> of v{target_version}</span>}
			</Cell>
			<Cell label="Detail">
				<WorkerWhy worker={worker} />
			</Cell>
			<Cell label="Heartbeat" class="dim">
				<Ago at={last_heartbeat} />
			</Cell>
		</tr>
	);
}
