import { useSignal } from '@preact/signals';
import type { Core } from '../core';
import { announce } from '../app/announce';
import { api, unwrap } from '../data/api';
import { missing } from '../data/permission';
import { rules } from '../data/stores';
import type { Rule, Variable } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { NoRole } from '../ui/NoRole';
import { ReasonField } from '../ui/ReasonField';
import { Verdicts } from './Verdicts';

const isId = /^[A-Za-z0-9._-]{1,64}$/;

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
	const expression = useSignal(rule?.expression ?? '');
	const message = useSignal(rule?.message ?? '');
	const reason = useSignal('');
	const wanting = useSignal(false);
	const attempt = useAttempt();
	const why = missing('admin', '*', 'Writing a rule');
	const now = { name: name.value, expression: expression.value, message: message.value };
	const wrong = now.expression.trim() === '' ? null : core.defineRule(variables, now);
	const whole = now.expression.trim() !== '' && wrong === null;
	const nameWrong = now.name === '' || isId.test(now.name) ? null : 'Letters, digits, dot, underscore, hyphen; at most 64';
	const shut =
		(why === null ? null : 'The role admin is missing') ??
		(now.name === '' || nameWrong ? 'It needs a name' : null) ??
		(whole ? null : 'The core cannot read the expression yet') ??
		(now.message.trim() === '' ? 'It needs a message' : null);

	const send = async () => {
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const written = await attempt.run(() =>
			unwrap(
				api.PUT('/rules/{name}', {
					params: {
						path: { name: now.name },
						header: rule === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${rule.version ?? 0}"` },
					},
					body: { expression: now.expression, message: now.message.trim(), reason: reason.value.trim() },
				}),
			),
		);
		if (!written) return;
		await rules.refresh();
		announce(`${now.name} is written`);
		onClose();
	};

	return (
		<FormSheet
			title={rule === null ? 'New rule' : <code>{rule.name}</code>}
			verb={rule === null ? 'Create the rule' : `Write ${rule.name}`}
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
				hint="Comparisons, + - *, and, or, not, if … then …, parentheses, literals, parameter names"
				wrong={wrong}
			>
				<textarea
					{...described('rule-expression', wrong)}
					class="mono"
					rows={3}
					value={now.expression}
					maxLength={2048}
					onInput={(event) => (expression.value = event.currentTarget.value)}
					spellcheck={false}
				/>
			</Field>
			{whole && <Verdicts rule={now} variables={variables} core={core} />}
			<Field id="rule-message" label="Message" hint="For whoever violates it: what to do instead">
				<input
					{...described('rule-message', null)}
					value={now.message}
					maxLength={1024}
					onInput={(event) => (message.value = event.currentTarget.value)}
				/>
			</Field>
			<ReasonField reason={reason} wanting={wanting} />
		</FormSheet>
	);
}
