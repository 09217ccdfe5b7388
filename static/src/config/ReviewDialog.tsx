import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import { findEnvironment } from '../data/stores';
import { stagingOf } from '../data/staging';
import type { Catalog, Configuration } from '../data/types';
import { plural } from '../text/words';
import { variablesByName } from '../changes/variables';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { Loading } from '../ui/Loading';
import { ProblemNote } from '../ui/ProblemNote';
import { ConflictTable } from './ConflictTable';
import { moved, openReview } from './review';
import { obstacles } from './obstacles';
import { DiffTable } from '../ui/DiffTable';
import { ReviewFacts } from './ReviewFacts';
import type { Row } from './rows';

interface Props {
	env: string;
	staged: readonly Row[];
	live: Configuration;
	catalog: Catalog;
	onClose: () => void;
}

/** Closing gives the focus back; when what had it is gone with the save, the page gets it. */
function openModal(dialog: HTMLDialogElement | null): () => void {
	dialog?.showModal();
	return () => {
		dialog?.close();
		setTimeout(() => {
			if (document.activeElement === document.body)
				document.getElementById('main')?.focus({ preventScroll: true });
		});
	};
}

/** The last look before a save: the server's plan, what it means, and why it is made. */
export function ReviewDialog({ env, staged, live, catalog, onClose }: Props) {
	const dialog = useRef<HTMLDialogElement>(null);
	const field = useRef<HTMLTextAreaElement>(null);
	const blocked = useRef<HTMLDivElement>(null);
	const review = useMemo(() => openReview(env), [env]);
	const seen = useMemo(() => live, []);
	const reason = useSignal('');
	const wanting = useSignal(false);
	const drafts = stagingOf(env).drafts.value;
	const plan = review.plan.value;
	const problem = review.problem.value;
	const conflicting = staged.filter(({ conflict }) => conflict);
	const standing = plan ? obstacles(env, plan, staged, findEnvironment(env)) : [];

	useLayoutEffect(() => openModal(dialog.current), []);
	useEffect(() => {
		void review.ask();
	}, [drafts, live.version]);

	const submit = async (event: Event) => {
		event.preventDefault();
		if (standing.length > 0) {
			announce(standing.map(({ text }) => text).join(' '));
			blocked.current?.focus();
			return;
		}
		wanting.value = reason.value.trim() === '';
		if (wanting.value) {
			field.current?.focus();
			return;
		}
		if (await review.save(reason.value.trim())) onClose();
	};

	return (
		<dialog ref={dialog} class="sheet" aria-labelledby="review-title" onClose={onClose}>
			<form onSubmit={(event) => void submit(event)} noValidate>
				<header>
					<h2 id="review-title">
						Review {plural(staged.length, 'change')} to <EnvBadge name={env} />
					</h2>
					<p class="sub">
						{plan ? (
							<>
								on top of <span class="num">v{plan.base_version}</span> · content{' '}
								<Hash of={plan.content_hash} />
							</>
						) : (
							<>&nbsp;</>
						)}
					</p>
				</header>
				<div class="sheet-body">
					{conflicting.length > 0 && <ConflictTable env={env} rows={conflicting} live={live} />}
					{plan ? (
						<DiffTable diff={plan.diff} variables={variablesByName(catalog)} critical={plan.critical} />
					) : (
						!problem && <Loading what="the plan" rows={2} />
					)}
					<div ref={blocked} tabIndex={-1} id="obstacles" class="facts">
						{plan && (
							<ReviewFacts
								env={env}
								plan={plan}
								standing={standing}
								moved={moved(seen, live)}
								since={seen.version}
								now={live.version}
								staged={staged}
							/>
						)}
						{problem && <ProblemNote problem={problem} retry={() => void review.ask()} />}
					</div>
					<div class="field">
						<label for="reason">Reason</label>
						<textarea
							id="reason"
							ref={field}
							rows={2}
							maxLength={1000}
							value={reason.value}
							placeholder="Why this is changed; kept in the history for good"
							onInput={(event) => {
								reason.value = event.currentTarget.value;
								wanting.value = false;
							}}
							aria-required="true"
							aria-invalid={wanting.value}
							aria-describedby={wanting.value ? 'reason-message' : undefined}
						/>
						{wanting.value && (
							<em id="reason-message" class="message">
								A reason is required: it is what the history shows.
							</em>
						)}
					</div>
				</div>
				<footer>
					<button type="button" onClick={() => dialog.current?.close()}>
						Back to editing
					</button>
					<span class="grow" />
					<button
						class="primary"
						aria-disabled={standing.length > 0 || !plan}
						aria-busy={review.saving.value}
						aria-describedby={standing.length > 0 ? 'obstacles' : undefined}
					>
						{review.saving.value ? 'Saving' : `Save ${plural(staged.length, 'change')} to ${env}`}
					</button>
				</footer>
			</form>
		</dialog>
	);
}
