import { now } from '../data/clock';
import { duration, shortMoment } from '../text/age';
import { list, waitingFor, type Tone } from '../text/words';
import { Ago } from '../ui/Ago';
import { FromCache } from '../ui/FromCache';
import { Icon, type IconName } from '../ui/Icon';
import type { Step, WorkerStep } from './rollout';

const looks: Record<Step, { icon: IconName; tone: Tone }> = {
	sent: { icon: 'off', tone: 'off' },
	notified: { icon: 'right', tone: 'info' },
	waiting: { icon: 'half', tone: 'info' },
	applied: { icon: 'check', tone: 'ok' },
	restart: { icon: 'restart', tone: 'warn' },
	rejected: { icon: 'cross', tone: 'bad' },
};

/** One worker, the version it has, and its step in words. */
export function StepLine({ of }: { of: WorkerStep }) {
	const { worker, step } = of;
	const { icon, tone } = looks[step];
	return (
		<li class={`step ${tone}`} data-worker={worker.worker_id} data-step={step}>
			<Icon name={icon} />
			<code>{worker.worker_id}</code>
			<span class="applied num">
				{worker.applied_version === null ? 'none' : `v${worker.applied_version}`}
			</span>
			<span class="step-text">
				<Words of={of} />
				<FromCache worker={worker} />
			</span>
		</li>
	);
}

function Words({ of: { worker, step, restarts } }: { of: WorkerStep }) {
	switch (step) {
		case 'sent':
			return <>on its way</>;
		case 'notified':
			return <>notified</>;
		case 'waiting':
			return (
				<>
					waits for {worker.waiting_for === null ? 'its boundary' : waitingFor[worker.waiting_for]}
					{worker.waiting_since !== null && <Since at={worker.waiting_since} />}
				</>
			);
		case 'applied':
			return worker.applied_at === null ? (
				<>started with it</>
			) : (
				<>
					applied <Ago at={worker.applied_at} />
				</>
			);
		case 'restart':
			return <>restart required for {list(restarts)}</>;
		case 'rejected':
			return <>rejected: {worker.rejected?.detail}</>;
	}
}

const Since = ({ at }: { at: string }) => (
	<>
		{' '}
		since <time dateTime={at}>{shortMoment(at, now.value)}</time>, {duration(now.value - Date.parse(at))}
	</>
);
