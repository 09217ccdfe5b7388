import { useSignal } from '@preact/signals';
import { api, unwrap } from '../data/api';
import { now } from '../data/clock';
import { environments, tokens } from '../data/stores';
import type { NewToken } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { CopyButton } from '../ui/CopyButton';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { Note } from '../ui/Note';
import { Sheet } from '../ui/Sheet';

const roles: readonly NewToken['role'][] = ['worker', 'viewer', 'editor', 'approver', 'admin'];

/** A token for a program. What it is, is shown this once: it is stored as a digest. */
export function TokenSheet({ onClose }: { onClose: () => void }) {
	const name = useSignal('');
	const role = useSignal<NewToken['role']>('worker');
	const environment = useSignal('');
	const until = useSignal('');
	const made = useSignal<string | null>(null);
	const attempt = useAttempt();
	const untilWrong = until.value !== '' && Date.parse(until.value) <= now.value ? 'It would have expired already' : null;
	const shut =
		(name.value.trim() === '' ? 'It needs a name' : null) ??
		(environment.value === '' ? 'It needs an environment' : null) ??
		untilWrong;
	const send = async () => {
		const ends = until.value === '' ? {} : { expires_at: new Date(until.value).toISOString() };
		const answer = await attempt.run(() =>
			unwrap(
				api.POST('/tokens', {
					body: { name: name.value.trim(), role: role.value, environment: environment.value, ...ends },
				}),
			),
		);
		if (!answer) return;
		made.value = answer.token;
		await tokens.refresh();
	};
	if (made.value !== null) return <Shown token={made.value} onClose={onClose} />;
	return (
		<FormSheet
			title="New token"
			verb="Create the token"
			attempt={attempt}
			shut={shut}
			onSend={() => void send()}
			onClose={onClose}
		>
			<Field id="token-name" label="Name" hint="What it is for; its changes carry it">
				<input
					{...described('token-name', null)}
					value={name.value}
					maxLength={200}
					onInput={(event) => (name.value = event.currentTarget.value)}
					autocomplete="off"
				/>
			</Field>
			<div class="form-grid">
				<Field id="token-role" label="Role" hint="What it may do">
					<select
						{...described('token-role', null)}
						value={role.value}
						onChange={(event) => {
							const chosen = roles.find((one) => one === event.currentTarget.value);
							if (chosen) role.value = chosen;
						}}
					>
						{roles.map((one) => (
							<option key={one}>{one}</option>
						))}
					</select>
				</Field>
				<Field id="token-environment" label="Environment" hint="Where">
					<select
						{...described('token-environment', null)}
						value={environment.value}
						onChange={(event) => (environment.value = event.currentTarget.value)}
					>
						<option value="" disabled>
							choose
						</option>
						{environments.value.value?.map((one) => <option key={one.environment}>{one.environment}</option>)}
						<option value="*">everywhere</option>
					</select>
				</Field>
				<Field id="token-until" label="Expires" hint="Empty: never" wrong={untilWrong}>
					<input
						{...described('token-until', untilWrong)}
						type="datetime-local"
						value={until.value}
						onInput={(event) => (until.value = event.currentTarget.value)}
					/>
				</Field>
			</div>
		</FormSheet>
	);
}

const Shown = ({ token, onClose }: { token: string; onClose: () => void }) => (
	<Sheet titleId="token-title" size="small" onClose={onClose}>
		<header>
			<h2 id="token-title">The token</h2>
		</header>
		<section>
			<Note tone="warn">
				<strong>It is shown this once.</strong> Put it where the program reads it; nobody can look it up again.
			</Note>
			<p class="secret">
				<code>{token}</code> <CopyButton text={token} what="token" />
			</p>
		</section>
		<footer>
			<span class="grow" />
			<button type="button" class="primary" onClick={onClose}>
				I have it
			</button>
		</footer>
	</Sheet>
);
