import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import { address } from '../app/pattern';
import { go } from '../app/router';
import { madeBy, shown } from '../changes/act';
import { variablesByName } from '../changes/variables';
import { against, obstacles } from '../config/obstacles';
import { ReviewFacts } from '../config/ReviewFacts';
import { once, type Named } from '../data/once';
import { asProblem } from '../data/problem';
import { catalog, environments, findEnvironment } from '../data/stores';
import type { ChangeDocument, Plan } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { plural } from '../text/words';
import { DiffTable } from '../ui/DiffTable';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { Loading } from '../ui/Loading';
import { Note } from '../ui/Note';
import { ProblemNote } from '../ui/ProblemNote';
import { ReasonField } from '../ui/ReasonField';
import { Sheet } from '../ui/Sheet';
import { SheetFooter } from '../ui/SheetFooter';

interface Props {
	title: ComponentChildren;
	environment: string;
	/** What the server would do; asked again when the environment moves. */
	plan: () => Promise<Plan>;
	/** Makes a change set that submits itself, on top of the version that was planned on. */
	submit: (base: number, reason: string, as: Named) => Promise<ChangeDocument>;
	/** What there is to say of the plan before all else. */
	note?: ((plan: Plan) => ComponentChildren) | undefined;
	onClose: () => void;
	children?: ComponentChildren;
}

interface Moved {
	from: number;
	to: number;
}

/** Said of a plan that is not the one that was looked at first. */
const again = (environment: string, { from, to }: Moved): string =>
	`${environment} moved from v${from} to v${to} meanwhile: the plan was made again, on top of that.`;

/** A change that is proposed as a whole: the server's plan first, a reason, then a change set, in force or waiting. */
export function ProposalSheet({ title, environment, plan: ask, submit, note, onClose, children }: Props) {
	const plan = useSignal<Plan | null>(null);
	const reason = useSignal('');
	const wanting = useSignal(false);
	const moved = useSignal<Moved | null>(null);
	const asking = useAttempt();
	const sending = useAttempt();
	const proposing = useMemo(() => once(madeBy), []);
	const facts = useRef<HTMLDivElement>(null);
	const where = findEnvironment(environment);

	const read = async () => {
		const answer = await asking.run(ask);
		if (!answer) return;
		const before = plan.peek()?.base_version ?? answer.base_version;
		if (before !== answer.base_version) {
			moved.value = { from: moved.peek()?.from ?? before, to: answer.base_version };
			announce(again(environment, moved.value));
		}
		plan.value = answer;
	};
	useEffect(() => {
		catalog.ensure();
		environments.ensure();
		void read();
	}, [where?.version]);

	const planned = plan.value;
	const how = planned?.needs_approval ? 'submit' : 'save';
	const standing = planned ? obstacles(environment, planned, [], where) : [];
	const shut = !planned || against(standing, how).length > 0;
	const n = planned?.diff.length ?? 0;

	const send = async () => {
		if (shut) {
			announce(against(standing, how).map(({ text }) => text).join(' '));
			return facts.current?.focus();
		}
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const made = await sending.run(() =>
			proposing((as) => submit(planned.base_version, reason.value.trim(), as)).catch(async (thrown: unknown) => {
				if (asProblem(thrown).code === 'stale') await environments.refresh().then(read);
				throw thrown;
			}),
		);
		if (!made) return;
		await shown(made);
		announce(made.state === 'active' ? `In force as v${made.version}` : `Waits for approval as change ${made.id}`);
		go(address('changes', String(made.id)));
	};

	return (
		<Sheet titleId="proposal-title" onClose={onClose}>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					void send();
				}}
				noValidate
			>
				<header>
					<h2 id="proposal-title">{title}</h2>
					<p class="sub">
						{planned ? (
							<>
								on top of <EnvBadge name={environment} version={planned.base_version} /> · content{' '}
								<Hash of={planned.content_hash} />
							</>
						) : (
							<>&nbsp;</>
						)}
					</p>
				</header>
				<div class="sheet-body">
					{children}
					{planned
						? n > 0 && (
								<DiffTable
									diff={planned.diff}
									variables={variablesByName(catalog.value.value)}
									critical={planned.critical}
								/>
							)
						: !asking.problem.value && <Loading what="the plan" rows={2} />}
					<div ref={facts} tabIndex={-1} id="obstacles" class="facts">
						{moved.value && <Note tone="info">{again(environment, moved.value)}</Note>}
						{planned && note?.(planned)}
						{planned && (
							<ReviewFacts
								env={environment}
								plan={planned}
								standing={standing}
								moved={[]}
								since={planned.base_version}
								now={planned.base_version}
								staged={[]}
							/>
						)}
						{asking.problem.value && (
							<ProblemNote problem={asking.problem.value} retry={() => void read()} />
						)}
						{sending.problem.value && <ProblemNote problem={sending.problem.value} />}
					</div>
					<ReasonField reason={reason} wanting={wanting} />
				</div>
				<SheetFooter onCancel={onClose}>
					<button
						class="primary"
						aria-disabled={shut}
						aria-busy={sending.busy.value}
						aria-describedby={shut ? 'obstacles' : undefined}
					>
						{how === 'submit'
							? `Submit ${plural(n, 'change')} to ${environment} for approval`
							: `Apply ${plural(n, 'change')} to ${environment}`}
					</button>
				</SheetFooter>
			</form>
		</Sheet>
	);
}
