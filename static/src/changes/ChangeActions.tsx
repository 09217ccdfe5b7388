import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { announce } from '../app/announce';
import { asProblem, type Problem } from '../data/problem';
import { lookOf } from '../text/environment';
import { changeStates, list } from '../text/words';
import { Hash } from '../ui/Hash';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/ProblemNote';
import { act, type Verb } from './act';
import { actionNames, actionsOf, type Action, type Circumstances } from './actions';

interface Props {
	circumstances: Circumstances;
	/** Of the content that is shown. */
	hash: string;
	onEdit(): void;
}

/** What one may do to an open change, and why not what one may not. All of it stays in sight. */
export function ChangeActions({ circumstances, hash, onEdit }: Props) {
	const { change } = circumstances;
	const comment = useSignal('');
	const busy = useSignal<Verb | null>(null);
	const problem = useSignal<Problem | null>(null);
	const ids = useId();
	const actions = actionsOf(circumstances);
	const reasons = reasonsOf(actions);

	const run = async ({ verb, blocked }: Action) => {
		if (blocked !== null) return announce(blocked);
		if (verb === 'edit') return onEdit();
		if (busy.value !== null) return;
		busy.value = verb;
		problem.value = null;
		try {
			const done = await act(verb, change.environment, {
				id: change.id,
				comment: comment.value.trim(),
				hash,
			});
			comment.value = '';
			announce(`Change ${done.id} ${changeStates[done.state].label}`);
		} catch (thrown) {
			problem.value = asProblem(thrown);
		} finally {
			busy.value = null;
		}
	};

	return (
		<section class={`panel tone-${lookOf(change.environment).tone}`} aria-labelledby={`${ids}-title`}>
			<h2 id={`${ids}-title`}>{change.state === 'draft' ? 'This draft' : 'Decision'}</h2>
			{change.state === 'pending_approval' && (
				<p class="dim">
					An approval is of exactly this content, <Hash of={hash} />, and applies it at once. An edit
					voids it.
				</p>
			)}
			<div class="field">
				<label for={`${ids}-comment`}>
					Comment <span class="dim">optional, kept with the change</span>
				</label>
				<textarea
					id={`${ids}-comment`}
					rows={2}
					maxLength={4000}
					value={comment.value}
					onInput={(event) => {
						comment.value = event.currentTarget.value;
					}}
				/>
			</div>
			<div class="actions">
				{actions.map((action) => {
					const { verb, label, primary, blocked } = action;
					const why = reasons.findIndex(({ text }) => text === blocked);
					return (
						<button
							key={verb}
							type="button"
							class={primary ? 'primary' : ''}
							data-verb={verb}
							aria-disabled={blocked !== null}
							aria-busy={busy.value === verb}
							aria-describedby={why < 0 ? undefined : `${ids}-why-${why}`}
							onClick={() => void run(action)}
						>
							{label}
						</button>
					);
				})}
			</div>
			{reasons.length > 0 && (
				<ul class="whys">
					{reasons.map(({ text, names }, i) => (
						<li key={text} id={`${ids}-why-${i}`}>
							<Icon name="lock" />
							<span>
								<span class="dim">{list(names)}:</span> {text}
							</span>
						</li>
					))}
				</ul>
			)}
			{problem.value && <ProblemNote problem={problem.value} />}
		</section>
	);
}

/** Each sentence once, with all that it stands in the way of. */
function reasonsOf(actions: readonly Action[]): { text: string; names: string[] }[] {
	const found = new Map<string, string[]>();
	for (const { blocked, verb } of actions)
		if (blocked !== null) found.set(blocked, [...(found.get(blocked) ?? []), actionNames[verb]]);
	return [...found].map(([text, its]) => ({ text, names: its }));
}
