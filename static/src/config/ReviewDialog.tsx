import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import { setQuery } from '../app/router';
import { variablesByName } from '../changes/variables';
import { findEnvironment } from '../data/stores';
import { stagingOf } from '../data/staging';
import type { Catalog, Configuration } from '../data/types';
import { plural } from '../text/words';
import { DiffTable } from '../ui/DiffTable';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { Loading } from '../ui/Loading';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonField } from '../ui/ReasonField';
import { Sheet } from '../ui/Sheet';
import { ConflictTable } from './ConflictTable';
import { against, obstacles } from './obstacles';
import { moved, openReview, type Ending } from './review';
import { ReviewFacts } from './ReviewFacts';
import { ReviewFooter } from './ReviewFooter';
import type { Row } from './rows';

interface Props {
	env: string;
	staged: readonly Row[];
	live: Configuration;
	catalog: Catalog;
	onClose: () => void;
}

/** The last look before anything is written: the server's plan, what it means, and why it is made. */
export function ReviewDialog({ env, staged, live, catalog, onClose }: Props) {
	const blocked = useRef<HTMLDivElement>(null);
	const review = useMemo(() => openReview(env), [env]);
	const seen = useMemo(() => live, []);
	const reason = useSignal('');
	const wanting = useSignal(false);
	const drafts = stagingOf(env).drafts.value;
	const plan = review.plan.value;
	const problem = review.problem.value;
	const refusal = review.refusal.value;
	const conflicting = staged.filter(({ conflict }) => conflict);
	const standing = plan ? obstacles(env, plan, staged, findEnvironment(env)) : [];

	useEffect(() => {
		void review.ask();
	}, [drafts, live.version]);

	const end = async (how: Ending) => {
		const inTheWay = against(standing, how);
		if (inTheWay.length > 0) {
			announce(inTheWay.map(({ text }) => text).join(' '));
			blocked.current?.focus();
			return;
		}
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const ended = await review.end(how, reason.value.trim());
		if (!ended) return;
		onClose();
		const { change } = ended;
		if (!change || change.state === 'active') return;
		announce(`${how === 'submit' ? 'Submitted' : 'Kept'} as change ${change.id}`);
		setQuery('change', String(change.id), 'push');
	};

	return (
		<Sheet titleId="review-title" env={env} onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void end(plan?.needs_approval ? 'submit' : 'save');
				}}
				noValidate
			>
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
						<DiffTable
							diff={plan.diff}
							variables={variablesByName(catalog)}
							critical={plan.critical}
						/>
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
						{refusal && <ProblemNote problem={refusal} />}
					</div>
					<ReasonField reason={reason} wanting={wanting} />
				</div>
				<ReviewFooter
					env={env}
					count={staged.length}
					plan={plan}
					standing={standing}
					busy={review.busy.value}
					onClose={onClose}
					onKeep={() => void end('keep')}
				/>
			</form>
		</Sheet>
	);
}
