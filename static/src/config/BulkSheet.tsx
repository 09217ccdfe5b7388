import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import type { Core } from '../core';
import { stagingOf } from '../data/staging';
import { configurations, environments } from '../data/stores';
import type { Catalog, Configuration, Rule, Variable } from '../data/types';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Field } from '../ui/Field';
import { Loading } from '../ui/Loading';
import { Note } from '../ui/Note';
import { ProblemNote } from '../ui/ProblemNote';
import { Sheet } from '../ui/Sheet';
import {
	changesFor,
	common,
	copyFrom,
	draftsWith,
	fieldFor,
	isIdle,
	setTo,
	toDefault,
	typeAmong,
	typedFor,
	typesOf,
	type Mode,
	type Proposal,
	type Typed,
} from './bulk';
import { BulkTable } from './BulkTable';
import { violations, type Row } from './rows';
import { ValueInput } from './ValueInput';

interface Props {
	env: string;
	mode: Mode;
	rows: readonly Row[];
	live: Configuration;
	catalog: Catalog;
	rules: readonly Rule[];
	core: Core;
	onLeaveOut: (names: readonly string[]) => void;
	onClose: () => void;
	onStaged: () => void;
}

/** The same for many: what each would be, judged by the core as one types, and then staged together. */
export const BulkSheet = (props: Props) => {
	const Ask = asks[props.mode];
	return (
		<Sheet titleId="bulk-title" env={props.env} onClose={props.onClose}>
			<Ask {...props} />
		</Sheet>
	);
};

function SetValue(props: Props) {
	const { rows, core } = props;
	const types = typesOf(rows);
	// Chosen at the start: leaving some out must not turn what was typed to parameters of another type.
	const wanted = useSignal(typeAmong(rows, null));
	const type = typeAmong(rows, wanted.value);
	const mine = rows.filter(({ variable }) => variable.type === type);
	const typed = useSignal<Typed | null>(null);
	const own = typedFor(typed.value, type);
	// What is in force may move while one looks: the field stays, and what nobody typed is not proposed.
	const begun = useMemo(() => common(mine), [type]);
	const text = own ?? begun;
	const field = fieldFor(mine, plural(mine.length, 'parameter'));
	const proposals = setTo(core, mine, text);
	const untouched = rows.length - mine.length;
	return (
		<Body
			{...props}
			title="Set a value of"
			proposals={proposals}
			missing={own === null ? 'Nothing is proposed yet: the new value is what all of them get.' : null}
		>
			{types.length > 1 && (
				<Field
					id="bulk-type"
					label="Which of them"
					hint={`One value suits one type: ${stays(untouched)}.`}
				>
					<select
						id="bulk-type"
						aria-describedby="bulk-type-hint"
						value={type ?? ''}
						onChange={({ currentTarget }) => {
							wanted.value = currentTarget.value as Variable['type'];
							typed.value = null;
						}}
					>
						{types.map(([one, count]) => (
							<option key={one} value={one}>
								{one}: {count}
							</option>
						))}
					</select>
				</Field>
			)}
			{field && (
				<div class="field bulk-value">
					<b>New value</b>
					<ValueInput
						key={field.type}
						variable={field}
						text={text}
						invalid={own !== null && proposals.some(({ refusal }) => refusal !== null)}
						describedBy="bulk-verdict"
						onText={(next) => (typed.value = { type: field.type, text: next })}
					/>
				</div>
			)}
		</Body>
	);
}

const ResetToDefault = (props: Props) => (
	<Body {...props} title="Reset to default" proposals={toDefault(props.rows)} />
);

function CopyFrom(props: Props) {
	const { env, rows, core } = props;
	const others = (environments.value.value ?? []).map(({ environment }) => environment).filter((one) => one !== env);
	const wanted = useSignal<string | null>(null);
	// One that is created meanwhile does not take its place.
	const first = useRef(others[0]);
	first.current ??= others[0];
	const other = wanted.value ?? first.current;
	const there = other === undefined ? null : configurations.of(other);
	useEffect(() => there?.ensure(), [there]);
	const values = there?.value.value;
	if (other === undefined)
		return (
			<Body {...props} title="Copy" proposals={[]}>
				<Note tone="info">There is no other environment to copy from.</Note>
			</Body>
		);
	return (
		<Body
			{...props}
			title={
				<>
					Copy from <EnvBadge name={other} version={values?.version} />
				</>
			}
			proposals={values ? copyFrom(core, rows, values) : []}
		>
			<Field id="bulk-from" label="Copy from" hint="What is in force there now; what is staged there is not.">
				<select
					id="bulk-from"
					aria-describedby="bulk-from-hint"
					value={other}
					onChange={({ currentTarget }) => (wanted.value = currentTarget.value)}
				>
					{others.map((one) => (
						<option key={one}>{one}</option>
					))}
				</select>
			</Field>
			{!values &&
				(there?.problem.value ? (
					<ProblemNote problem={there.problem.value} retry={() => void there.refresh()} />
				) : (
					<Loading what={`the values of ${other}`} rows={2} />
				))}
		</Body>
	);
}

const asks = { set: SetValue, default: ResetToDefault, copy: CopyFrom } as const;

const stays = (others: number): string =>
	others === 1 ? 'the other one stays as it is' : `the other ${others} stay as they are`;
const refusedByAll = (n: number): string => (n === 1 ? 'It is refused.' : `All ${n} refuse it.`);

interface BodyProps {
	title: ComponentChildren;
	proposals: readonly Proposal[];
	/** What has to be given before there is anything to propose. */
	missing?: string | null;
	children?: ComponentChildren;
}

/** What they have in common: the proposals, what is wrong with them, and the one button. */
function Body({
	env,
	live,
	catalog,
	rules,
	core,
	title,
	proposals,
	missing = null,
	children,
	onLeaveOut,
	onClose,
	onStaged,
}: Props & BodyProps) {
	const staging = stagingOf(env);
	const button = useRef<HTMLButtonElement>(null);
	// Drafts are made against what one saw at first: what is saved meanwhile is a conflict, for the review to settle.
	const seen = useMemo(() => live, []);
	const moving = missing === null ? proposals.filter((proposal) => !isIdle(proposal)) : [];
	const refused = moving.filter(({ refusal }) => refusal !== null);
	const sound = moving.filter(({ refusal }) => refusal === null);
	const broken = violations(core, catalog, live, rules, draftsWith(staging.drafts.value, sound));
	const idle = missing === null ? proposals.length - moving.length : 0;
	const shut = refused.length > 0 || sound.length === 0;

	const stage = () => {
		if (shut) return announce(missing ?? refused[0]?.refusal ?? 'Nothing would change');
		staging.stageAll(changesFor(sound), seen);
		announce(`${plural(sound.length, 'change')} staged`);
		onStaged();
	};

	const leaveOut = () => {
		// The button goes with what it is about.
		button.current?.focus();
		onLeaveOut(refused.map(({ row }) => row.variable.name));
	};

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				stage();
			}}
			noValidate
		>
			<header>
				<h2 id="bulk-title">
					{title} {plural(proposals.length, 'parameter')} in <EnvBadge name={env} />
				</h2>
				<p class="sub">Nothing is written yet: the changes are staged, and reviewed as one set.</p>
			</header>
			<div class="sheet-body">
				{children}
				<div id="bulk-verdict" class="facts" role="status">
					{missing !== null && <Note tone="info">{missing}</Note>}
					{refused.length > 0 && (
						<Note tone="bad">
							{refused.length === proposals.length
								? refusedByAll(refused.length)
								: `${refused.length} of ${proposals.length} ${refused.length === 1 ? 'refuses' : 'refuse'} it.`}{' '}
							{refused.length < proposals.length && (
								<button
									type="button"
									class="link"
									onClick={leaveOut}
								>
									Leave {refused.length === 1 ? 'it' : 'them'} out
								</button>
							)}
						</Note>
					)}
					{idle > 0 && (
						<Note tone="info">
							{plural(idle, 'parameter')} {idle === 1 ? 'has' : 'have'} this value already.
						</Note>
					)}
				</div>
				{moving.length > 0 && <BulkTable proposals={moving} broken={broken} seen={seen} />}
			</div>
			<footer>
				<button type="button" onClick={onClose}>
					Cancel
				</button>
				<span class="grow" />
				<button class="primary" ref={button} aria-disabled={shut} aria-describedby={shut ? 'bulk-verdict' : undefined}>
					Stage {plural(sound.length, 'change')} in {env}
				</button>
			</footer>
		</form>
	);
}
