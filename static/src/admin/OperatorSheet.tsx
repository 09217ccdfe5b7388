import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { announce } from '../app/announce';
import { api, unwrap } from '../data/api';
import { session } from '../data/session';
import { operators } from '../data/stores';
import type { Operator, OperatorRole } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { Note } from '../ui/Note';
import { RoleGrid } from './RoleGrid';

const isId = /^[A-Za-z0-9._-]{1,64}$/;
const leastPassword = 12;

/** The same for the same roles, in whatever order they were ticked. */
const key = (roles: readonly OperatorRole[]): string =>
	roles
		.map(({ environment, role }) => `${environment} ${role}`)
		.sort()
		.join();

const isOperatorRole = (row: Operator['roles'][number]): row is OperatorRole => row.role !== 'worker';

/** An account: its login for good, its roles, a new password, whether it may be used. */
export function OperatorSheet({ operator, onClose }: { operator: Operator | null; onClose: () => void }) {
	const login = useSignal(operator?.login ?? '');
	const password = useSignal('');
	const roles = useSignal<readonly OperatorRole[]>((operator?.roles ?? []).filter(isOperatorRole));
	const disabled = useSignal(operator?.disabled ?? false);
	const attempt = useAttempt();
	const isNew = operator === null;
	const was = useMemo(() => ({ roles: roles.peek(), disabled: disabled.peek() }), []);
	// Only what one changed here: what somebody else changed meanwhile stays as they left it.
	const patch = {
		...(password.value === '' ? {} : { password: password.value }),
		...(key(roles.value) === key(was.roles) ? {} : { roles: [...roles.value] }),
		...(disabled.value === was.disabled ? {} : { disabled: disabled.value }),
	};
	const loginWrong = login.value === '' || isId.test(login.value) ? null : 'Letters, digits, dot, underscore, hyphen';
	const short = password.value !== '' && password.value.length < leastPassword;
	const passwordWrong = short ? `At least ${leastPassword} characters` : null;
	const shut =
		(login.value === '' || loginWrong ? 'It needs a login' : null) ??
		(passwordWrong || (isNew && password.value === '') ? 'It needs a password' : null) ??
		(!isNew && Object.keys(patch).length === 0 ? 'Nothing is changed yet' : null);
	const self = operator?.login === session.value?.login;

	const send = async () => {
		const written = await attempt.run(() =>
			unwrap(
				isNew
					? api.POST('/operators', {
							body: { login: login.value, password: password.value, roles: [...roles.value] },
						})
					: api.PATCH('/operators/{login}', {
							params: { path: { login: operator.login } },
							body: patch,
						}),
			),
		);
		if (!written) return;
		await operators.refresh();
		announce(`${login.value} is saved`);
		onClose();
	};

	return (
		<FormSheet
			title={isNew ? 'New operator' : operator.login}
			verb={isNew ? 'Create the account' : `Save ${operator.login}`}
			attempt={attempt}
			shut={shut}
			onSend={() => void send()}
			onClose={onClose}
		>
			{self && (
				<Note tone="warn">This is your own account: a role that you take from it is gone with the next request.</Note>
			)}
			{isNew && (
				<Field id="operator-login" label="Login" hint="It stays in the history; one account a person" wrong={loginWrong}>
					<input
						{...described('operator-login', loginWrong)}
						value={login.value}
						onInput={(event) => (login.value = event.currentTarget.value)}
						autocomplete="off"
						autocapitalize="none"
						spellcheck={false}
					/>
				</Field>
			)}
			<Field
				id="operator-password"
				label={isNew ? 'Password' : 'New password'}
				hint={isNew ? `At least ${leastPassword} characters` : 'Empty: it stays. A new one ends all their sessions'}
				wrong={passwordWrong}
			>
				<input
					{...described('operator-password', passwordWrong)}
					type="password"
					value={password.value}
					onInput={(event) => (password.value = event.currentTarget.value)}
					autocomplete="new-password"
				/>
			</Field>
			<RoleGrid held={roles} />
			{!isNew && (
				<label class="check">
					<input
						type="checkbox"
						checked={disabled.value}
						onChange={(event) => (disabled.value = event.currentTarget.checked)}
					/>
					<span>Disabled: no login, and its sessions and tokens end</span>
				</label>
			)}
		</FormSheet>
	);
}
