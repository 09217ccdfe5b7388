import { address } from '../app/pattern';
import { now } from '../data/clock';
import { workers } from '../data/stores';
import type { Environment } from '../data/types';
import { shortMoment } from '../text/age';
import { lookOf } from '../text/environment';
import { Ago } from '../ui/Ago';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { WorkerPips } from '../ui/WorkerPips';

/** An environment at a glance: what is in force, who runs it, and whether it may be changed now. */
export function EnvironmentCard({ environment: env }: { environment: Environment }) {
	const its = (workers.value.value ?? []).filter(({ environment, state }) => environment === env.environment && state !== 'offline');
	return (
		<article class={`card tone-${lookOf(env.environment).tone}`}>
			<h2>
				<a class="cover" href={address('config', env.environment)}>
					<EnvBadge name={env.environment} />
				</a>
			</h2>
			<p class="card-version">v{env.version}</p>
			<p class="dim">
				{env.updated_by} · <Ago at={env.updated_at} />
			</p>
			<dl>
				<div>
					<dt>Workers</dt>
					<dd>
						{env.workers === 0 ? (
							<span class="dim">none running</span>
						) : (
							<>
								<WorkerPips workers={its} /> {env.workers_current} of {env.workers} current
							</>
						)}
					</dd>
				</div>
				<div>
					<dt>Changes</dt>
					<dd>
						<Changeable environment={env} />
					</dd>
				</div>
			</dl>
		</article>
	);
}

function Changeable({ environment: { frozen, freeze, locked_by } }: { environment: Environment }) {
	if (frozen)
		return (
			<span class="badge warn">
				<Icon name="snow" />
				frozen{freeze?.until ? ` until ${shortMoment(freeze.until, now.value)}` : ''}
			</span>
		);
	if (locked_by !== null)
		return (
			<span class="badge warn">
				<Icon name="lock" />
				locked by {locked_by}
			</span>
		);
	return (
		<span class="badge ok">
			<Icon name="check" />
			open
		</span>
	);
}
