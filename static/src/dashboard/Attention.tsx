import { address } from '../app/pattern';
import { decisions } from '../data/changes';
import { freezeOf } from '../data/permission';
import type { Environment, Worker } from '../data/types';
import { plural, states } from '../text/words';
import { Note } from '../ui/Note';

const needy: readonly Worker['state'][] = ['rejected', 'lagging', 'offline', 'restart_required'];

/** What a person has to look at, worst first; and that there is nothing, when there is nothing. */
export function Attention({ workers, environments }: { workers: readonly Worker[]; environments: readonly Environment[] }) {
	const waiting = decisions.value;
	const frozen = environments.flatMap((one) => freezeOf(one) ?? []);
	const groups = needy
		.map((state) => ({ state, its: workers.filter((one) => one.state === state) }))
		.filter(({ its }) => its.length > 0);
	if (groups.length === 0 && waiting.length === 0 && frozen.length === 0)
		return <Note tone="ok">Nothing needs attention.</Note>;
	return (
		<div class="facts">
			{groups.map(({ state, its }) => (
				<Note key={state} tone={states[state].tone === 'bad' ? 'bad' : 'warn'}>
					<strong>
						{plural(its.length, 'worker')} {states[state].label}
					</strong>
					: {its.map(({ worker_id }) => worker_id).join(', ')}
				</Note>
			))}
			{waiting.length > 0 && (
				<Note tone="info" icon="half">
					<strong>{plural(waiting.length, 'change')} for you to decide</strong>:{' '}
					{waiting.map(({ id }, i) => (
						<span key={id}>
							{i > 0 && ', '}
							<a href={address('changes', String(id))}>#{id}</a>
						</span>
					))}
				</Note>
			)}
			{frozen.map((text) => (
				<Note key={text} tone="warn" icon="snow">
					{text}
				</Note>
			))}
		</div>
	);
}
