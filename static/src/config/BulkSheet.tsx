import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { configurations, environments } from '../data/stores';
import type { Variable } from '../data/types';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Field } from '../ui/Field';
import { Loading } from '../ui/Loading';
import { Note } from '../ui/Note';
import { ProblemNote } from '../ui/ProblemNote';
import { Sheet } from '../ui/Sheet';
import { common, copyFrom, fieldFor, setTo, toDefault, typeAmong, typedFor, typesOf, type Typed } from './bulk';
import { BulkBody, type BulkProps } from './BulkBody';
import { ValueInput } from './ValueInput';

/** The same for many: what each would be, judged by the core as one types, and then staged together. */
export const BulkSheet = (props: BulkProps) => {
	const Ask = asks[props.mode];
	return (
		<Sheet titleId="bulk-title" env={props.env} onClose={props.onClose}>
			<Ask {...props} />
		</Sheet>
	);
};

const stays = (others: number): string =>
	others === 1 ? 'the other one stays as it is' : `the other ${others} stay as they are`;

function SetValue(props: BulkProps) {
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
		<BulkBody
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
		</BulkBody>
	);
}

const ResetToDefault = (props: BulkProps) => (
	<BulkBody {...props} title="Reset to default" proposals={toDefault(props.rows)} />
);

function CopyFrom(props: BulkProps) {
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
			<BulkBody {...props} title="Copy" proposals={[]}>
				<Note tone="info">There is no other environment to copy from.</Note>
			</BulkBody>
		);
	return (
		<BulkBody
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
		</BulkBody>
	);
}

const asks = { set: SetValue, default: ResetToDefault, copy: CopyFrom } as const;
