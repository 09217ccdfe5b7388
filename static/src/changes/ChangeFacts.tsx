import { findEnvironment } from '../data/stores';
import { freezeOf } from '../data/permission';
import type { Change, Plan } from '../data/types';
import { violationTexts } from '../text/violations';
import { appliesBecause, list, plural } from '../text/words';
import { Note } from '../ui/Note';
import { boundaryOf } from './standing';

/** What an open change would do if it were applied now: what stands in the way first, then where and when. */
export function ChangeFacts({ change, plan }: { change: Change; plan: Plan }) {
	const environment = findEnvironment(change.environment);
	const freeze = environment && freezeOf(environment);
	const restarts = plan.restart_required;
	const boundary = boundaryOf(plan);
	return (
		<>
			{violationTexts(plan.errors).map((text) => (
				<Note key={text} tone="bad">
					<strong>It would not be valid.</strong> {text}
				</Note>
			))}
			{freeze && (
				<Note tone="warn" icon="snow">
					{freeze} Nothing is applied before; the change can wait.
				</Note>
			)}
			{restarts.length > 0 && (
				<Note tone="warn" icon="restart">
					<strong>Restart required.</strong> {list(restarts)}{' '}
					{restarts.length === 1 ? 'takes' : 'take'} effect in a worker only when it starts again
					{plan.diff.length > 1 ? ', and the whole set waits for that' : ''}.
				</Note>
			)}
			{plan.errors.length === 0 && (
				<Note tone={plan.diff.length === 0 ? 'info' : 'ok'}>
					{plan.diff.length === 0 ? (
						<>Nothing would change: its values are in force already.</>
					) : (
						<>
							<strong>Valid.</strong>{' '}
							{plan.workers === 0
								? `No worker runs ${change.environment} now; the next one that starts reads it.`
								: `${plural(plan.workers, 'worker')} in ${change.environment} ${
										plan.diff.length === 1
											? 'will take it over'
											: `will take ${plan.diff.length === 2 ? 'both' : `all ${plan.diff.length}`} over as one`
									}. ${appliesBecause[boundary]}.`}
						</>
					)}
				</Note>
			)}
		</>
	);
}
