import { stagingOf } from '../data/staging';
import type { DiffItem, Plan } from '../data/types';
import { list, plural } from '../text/words';
import type { IconName } from '../ui/Icon';
import { Note, type Tone } from '../ui/Note';
import { against, type Obstacle } from './obstacles';
import type { Row } from './rows';

interface Props {
	env: string;
	plan: Plan;
	standing: readonly Obstacle[];
	moved: readonly DiffItem[];
	since: number;
	now: number;
	staged: readonly Row[];
}

/** What the plan means, in sentences: what stands in the way first, then what will happen. */
export function ReviewFacts({ env, plan, standing, moved, since, now, staged }: Props) {
	const mine = new Set(staged.map(({ variable }) => variable.name));
	const closed = against(standing, plan.needs_approval ? 'submit' : 'save');
	const others = moved.filter(({ name }) => !mine.has(name));
	return (
		<>
			{standing.map(({ kind, text }) => (
				<Note key={text} {...looks[kind]}>
					{text}
				</Note>
			))}
			{plan.needs_approval && (
				<Note tone="warn">
					<strong>Needs approval.</strong> {because(plan.critical)} Somebody other than you approves
					exactly this content; until then nothing changes.
					{plan.critical.length < mine.size && (
						<p>
							<button
								type="button"
								class="link"
								onClick={() => stagingOf(env).unstage(...plan.critical)}
							>
								Unstage {list(plan.critical)} and save the rest
							</button>
						</p>
					)}
				</Note>
			)}
			{others.length > 0 && (
				<Note tone="info">
					<strong>
						{env} moved from v{since} to v{now} meanwhile.
					</strong>{' '}
					{list(
						others.map(
							({ name, old, new: fresh }) =>
								`${name} ${old ?? 'not set'} → ${fresh ?? 'not set'}`,
						),
					)}
					. Your changes do not touch {others.length === 1 ? 'it' : 'them'} and now stand on v
					{plan.base_version}.
				</Note>
			)}
			{plan.restart_required.length > 0 && (
				<Note tone="warn" icon="restart">
					{list(plan.restart_required)} {plan.restart_required.length === 1 ? 'takes' : 'take'}{' '}
					effect in a worker only when it starts again
					{mine.size > 1 ? ', and the whole set waits for that' : ''}.
				</Note>
			)}
			{closed.length === 0 && plan.diff.length > 0 && (
				<Note tone="ok">
					<strong>Valid.</strong> {reach(plan)}
				</Note>
			)}
		</>
	);
}

const looks: Record<Obstacle['kind'], { tone: Tone; icon?: IconName }> = {
	role: { tone: 'warn', icon: 'lock' },
	conflict: { tone: 'bad' },
	invalid: { tone: 'bad' },
	freeze: { tone: 'warn', icon: 'snow' },
	lock: { tone: 'warn', icon: 'lock' },
	empty: { tone: 'warn' },
};

const because = (critical: readonly string[]) =>
	critical.length === 0
		? 'A change of this kind is approved.'
		: `${list(critical)} ${critical.length === 1 ? 'is' : 'are'} critical.`;

function reach({ diff, workers }: Plan): string {
	if (workers === 0) return 'No worker runs it now; the next one that starts reads it.';
	return diff.length === 1
		? `${plural(workers, 'worker')} will take it over at the next safe boundary.`
		: `${plural(workers, 'worker')} will take all ${diff.length} over together, at the strictest of their boundaries.`;
}
