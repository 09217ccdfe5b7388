import type { Plan } from '../data/types';
import { plural } from '../text/words';
import { against, type Obstacle } from './obstacles';
import type { Ending } from './review';

interface Props {
	env: string;
	count: number;
	plan: Plan | null;
	standing: readonly Obstacle[];
	busy: Ending | null;
	onClose(): void;
	onKeep(): void;
}

/** The ways out of a review: back, a draft for later, and the one that the plan leads to. */
export function ReviewFooter({ env, count, plan, standing, busy, onClose, onKeep }: Props) {
	const how: Ending = plan?.needs_approval ? 'submit' : 'save';
	const shut = (ending: Ending) => !plan || against(standing, ending).length > 0;
	const what = plural(count, 'change');
	return (
		<footer>
			<button type="button" onClick={onClose}>
				Back to editing
			</button>
			<span class="grow" />
			<button
				type="button"
				onClick={onKeep}
				aria-disabled={shut('keep')}
				aria-busy={busy === 'keep'}
				aria-describedby={shut('keep') ? 'obstacles' : undefined}
			>
				Keep as a draft
			</button>
			<button
				class="primary"
				aria-disabled={shut(how)}
				aria-busy={busy === how}
				aria-describedby={shut(how) ? 'obstacles' : undefined}
			>
				{how === 'submit' ? `Submit ${what} to ${env} for approval` : `Save ${what} to ${env}`}
			</button>
		</footer>
	);
}
