import type { Run } from '../data/types';
import { moment } from '../text/age';
import { CopyButton } from '../ui/CopyButton';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { runKinds, statusTone } from './words';

export const RunFacts = ({ run }: { run: Run }) => (
	<dl class="facts-list">
		<dt>Kind</dt>
		<dd>
			{runKinds[run.kind]} <span class={`badge ${statusTone(run.status)}`}>{run.status.replace(/_/g, ' ')}</span>
		</dd>
		<dt>Environment</dt>
		<dd>
			<EnvBadge name={run.environment} version={run.config_version} />{' '}
			<span class="dim">catalog v{run.catalog_version}</span>
		</dd>
		<dt>Begun</dt>
		<dd>{moment(run.created_at)}</dd>
		<dt>Parameter set</dt>
		<dd>
			<Hash of={run.parameter_set_hash} /> <CopyButton text={run.parameter_set_hash} what="hash of the set" />
		</dd>
	</dl>
);
