import type { Worker } from '../data/types'
import { Ago } from '../ui/Ago'
import { EnvBadge } from '../ui/EnvBadge'
import { StateBadge } from '../ui/StateBadge'
import { WorkerWhy } from './WorkerWhy'

export function WorkerRow({ worker }: { worker: Worker }) {
  const { worker_id, build, environment, state, applied_version, target_version, last_heartbeat } = worker
  const behind = applied_version !== target_version
  return <tr role="row" data-worker={worker_id} class={`is-${state}`}>
    <th role="rowheader" scope="row"><code>{worker_id}</code>{build && <small>build {build}</small>}</th>
    <td role="cell" data-label="Environment"><EnvBadge name={environment} /></td>
    <td role="cell" data-label="State"><StateBadge state={state} /></td>
    <td role="cell" data-label="Version" class="num"><span class="applied">{applied_version === null ? 'none' : `v${applied_version}`}</span>{behind && <span class="dim"> of v{target_version}</span>}</td>
    <td role="cell" data-label="Why"><WorkerWhy worker={worker} /></td>
    <td role="cell" data-label="Heartbeat" class="dim"><Ago at={last_heartbeat} /></td>
  </tr>
}
