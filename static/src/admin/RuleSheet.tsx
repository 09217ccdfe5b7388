import { useSignal } from '@preact/signals';
import type { Core } from '../core';
import { announce } from '../app/announce';
import { api, unwrap } from '../data/api';
import { missing } from '../data/permission';
import { rules } from '../data/stores';
import type { Rule, Variable } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { useDraft } from '../data/useDraft';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { NoRole } from '../ui/NoRole';
import { ReasonField } from '../ui/ReasonField';
import { Verdicts } from './Verdicts';
import { WrittenMeanwhile } from './WrittenMeanwhile';

const isId = /^[A-Za-z0-9._-]{1,64}$/;
const labels = { expression: 'Expression', message: 'Message' };
const draftOf = (rule: Rule | null) => ({ expression: rule?.expression ?? '', message: rule?.message ?? '' });

/** A rule while it is written: the core reads it at each keystroke and holds it against what runs now. */
export function RuleSheet({
	rule,
	variables,
	core,
	onClose,
}: {
	/** null: a new one. */
	rule: Rule | null;
	variables: readonly Variable[];
	core: Core;
	onClose: () => void;
}) {
	const name = useSignal(rule?.name ?? '');
	const drafting = useDraft(rule, draftOf);
	const { draft, base, theirs } = drafting;
	const set = (members: Partial<typeof draft.value>) => (draft.value = { ...draft.peek(), ...members });
	const reason = useSignal('');
	const wanting = useSignal(false);
	const attempt = useAttempt();
	const why = missing('admin', '*', 'Writing a rule');
	const now = { name: name.value, ...draft.value };
	const wrong = now.expression.trim() === '' ? null : core.defineRule(variables, now);
	const whole = now.expression.trim() !== '' && wrong === null;
	const nameWrong = now.name === '' || isId.test(now.name) ? null : 'Letters, digits, dot, underscore, hyphen; at most 64';
	const shut =
		(why === null ? null : 'The role admin is missing') ??
		(now.name === '' || nameWrong ? 'It needs a name' : null) ??
		(whole ? null : 'The expression cannot be read yet') ??
		(now.message.trim() === '' ? 'It needs a message' : null) ??
		(base !== null && drafting.untouched ? 'Nothing is changed yet' : null) ??
		(theirs === null ? null : 'Choose first how to go on');

	const send = async () => {
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const written = await attempt.run(() =>
			unwrap(
				api.PUT('/rules/{name}', {
					params: {
						path: { name: now.name },
						header: base === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${base.version ?? 0}"` },
					},
					body: { expression: now.expression, message: now.message.trim(), reason: reason.value.trim() },
				}),
			),
		);
		await rules.refresh();
		if (!written) return;
		announce(`${now.name} is saved`);
		onClose();
	};

	return (
		<FormSheet
			title={rule === null ? 'New rule' : <code>{rule.name}</code>}
			verb={base === null ? 'Create the rule' : `Save ${base.name}`}
			attempt={attempt}
			shut={shut}
			onSend={() => void send()}
			onClose={onClose}
		>
			<NoRole text={why} />
			{rule === null && (
				<Field id="rule-name" label="Name" hint="How violations are told apart" wrong={nameWrong}>
					<input
						{...described('rule-name', nameWrong)}
						class="mono"
						value={now.name}
						onInput={(event) => (name.value = event.currentTarget.value)}
						autocomplete="off"
						spellcheck={false}
					/>
				</Field>
			)}
			<Field
				id="rule-expression"
				label="Expression"
				hint="Parameter names, numbers, 'texts'; = != < <= > >=, + - *, and, or, not, if … then …, ( )"
				wrong={wrong}
			>
				<textarea
					{...described('rule-expression', wrong)}
					class="mono"
					rows={3}
					value={now.expression}
					maxLength={2048}
					onInput={(event) => set({ expression: event.currentTarget.value })}
					spellcheck={false}
				/>
			</Field>
			{whole && <Verdicts rule={now} variables={variables} core={core} />}
			<Field id="rule-message" label="Message" hint="For whoever violates it: what to do instead">
				<input
					{...described('rule-message', null)}
					value={now.message}
					maxLength={1024}
					onInput={(event) => set({ message: event.currentTarget.value })}
				/>
			</Field>
			<ReasonField reason={reason} wanting={wanting} />
			<WrittenMeanwhile of={drafting} by={rule?.updated_by} labels={labels} />
		</FormSheet>
	);
}
