import { withQuery } from '../app/router';
import type { Run } from '../data/types';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { runKinds, statusTone } from './words';

export function RunRow({ run, picked, onPick }: { run: Run; picked: boolean; onPick: () => void }) {
	const { run_id, kind, environment, parameter_set_hash, config_version, catalog_version, status, created_at } = run;
	return (
		<tr role="row" data-run={run_id}>
			<td role="cell" class="cell-pick">
				<label class="pick">
					<input type="checkbox" checked={picked} onChange={onPick} aria-label={`Compare ${run_id}`} />
				</label>
			</td>
			<th role="rowheader" scope="row">
				<a class="change-link" href={withQuery({ run: run_id })}>
					<code>{run_id}</code>
				</a>
				<small>{runKinds[kind]}</small>
			</th>
			<Cell label="Environment">
				<EnvBadge name={environment} version={config_version} />
			</Cell>
			<Cell label="Parameter set">
				<a class="plain" href={withQuery({ hash: parameter_set_hash })}>
					<Hash of={parameter_set_hash} />
				</a>{' '}
				<span class="dim">catalog v{catalog_version}</span>
			</Cell>
			<Cell label="Status">
				<span class={`badge ${statusTone(status)}`}>{status.replace(/_/g, ' ')}</span>
			</Cell>
			<Cell label="Begun" class="dim">
				<Ago at={created_at} />
			</Cell>
		</tr>
	);
}
