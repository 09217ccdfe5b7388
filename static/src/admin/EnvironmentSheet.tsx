import { useSignal } from '@preact/signals';
import { announce } from '../app/announce';
import { address } from '../app/pattern';
import { go } from '../app/router';
import { api, unwrap } from '../data/api';
import { environments } from '../data/stores';
import { useAttempt } from '../data/useAttempt';
import { EnvBadge } from '../ui/EnvBadge';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { ReasonField } from '../ui/ReasonField';

const isName = /^[a-z][a-z0-9-]{0,30}$/;

/** A new environment, empty or with the entries of another one. */
export function EnvironmentSheet({ onClose }: { onClose: () => void }) {
	const name = useSignal('');
	const from = useSignal('');
	const reason = useSignal('');
	const wanting = useSignal(false);
	const attempt = useAttempt();
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	const wrong =
		name.value === '' || (isName.test(name.value) && !names.includes(name.value))
			? null
			: names.includes(name.value)
				? 'There is one of this name'
				: 'A small letter first, then small letters, digits and hyphens; at most 31';
	const send = async () => {
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const made = await attempt.run(() =>
			unwrap(
				api.POST('/environments', {
					body: { environment: name.value, copy_from: from.value || null, reason: reason.value.trim() },
				}),
			),
		);
		if (!made) return;
		await environments.refresh();
		announce(`${made.environment} is there`);
		go(address('config', made.environment));
	};
	return (
		<FormSheet
			title="New environment"
			verb={name.value === '' ? 'Create the environment' : `Create ${name.value}`}
			attempt={attempt}
			shut={name.value === '' || wrong ? 'It needs a name' : null}
			onSend={() => void send()}
			onClose={onClose}
		>
			<div class="form-grid">
				<Field
					id="environment-name"
					label="Name"
					hint={wrong === null && name.value !== '' ? <EnvBadge name={name.value} /> : 'It never changes'}
					wrong={wrong}
				>
					<input
						{...described('environment-name', wrong)}
						value={name.value}
						onInput={(event) => (name.value = event.currentTarget.value)}
						autocomplete="off"
						autocapitalize="none"
						spellcheck={false}
					/>
				</Field>
				<Field id="environment-from" label="Values of" hint="Its entries are copied; nothing follows later">
					<select
						{...described('environment-from', null)}
						value={from.value}
						onChange={(event) => (from.value = event.currentTarget.value)}
					>
						<option value="">none: the catalog’s defaults</option>
						{names.map((one) => (
							<option key={one}>{one}</option>
						))}
					</select>
				</Field>
			</div>
			<ReasonField reason={reason} wanting={wanting} placeholder="What it is for; its first entry in the history" />
		</FormSheet>
	);
}
