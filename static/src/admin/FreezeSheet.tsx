import { useSignal } from '@preact/signals';
import { announce } from '../app/announce';
import { api, unwrap } from '../data/api';
import { now } from '../data/clock';
import { holds } from '../data/session';
import { environments, freezeWindows } from '../data/stores';
import type { NewFreezeWindow } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { described, Field } from '../ui/Field';
import { FormSheet } from '../ui/FormSheet';
import { ReasonField } from '../ui/ReasonField';
import { days } from './freeze';

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const yours = `In your time zone, ${zone}`;

const instant = (text: string) => new Date(text).toISOString();

/** A window, once or every week. */
export function FreezeSheet({ onClose }: { onClose: () => void }) {
	const environment = useSignal('');
	const weekly = useSignal(false);
	const starts = useSignal('');
	const ends = useSignal('');
	const chosen = useSignal<readonly number[]>([5]);
	const from = useSignal('16:00');
	const to = useSignal('20:00');
	const timezone = useSignal(zone);
	const reason = useSignal('');
	const wanting = useSignal(false);
	const attempt = useAttempt();
	const backwards = starts.value !== '' && ends.value !== '' && starts.value >= ends.value;
	const isOver = ends.value !== '' && Date.parse(ends.value) <= now.value;
	const endsWrong = backwards ? 'It ends before it begins' : isOver ? 'It would be over already' : null;
	const overnight = to.value <= from.value;
	const mine = environments.value.value?.filter((one) => holds('admin', one.environment)) ?? [];
	const span = weekly.value
		? chosen.value.length === 0
			? 'It needs a day'
			: endsWrong
		: starts.value === '' || ends.value === ''
			? 'It needs a beginning and an end'
			: endsWrong;
	const shut = environment.value === '' ? 'It needs an environment' : span;

	const send = async () => {
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const bounds = {
			...(starts.value === '' ? {} : { starts_at: instant(starts.value) }),
			...(ends.value === '' ? {} : { ends_at: instant(ends.value) }),
		};
		const body: NewFreezeWindow = {
			environment: environment.value,
			reason: reason.value.trim(),
			...bounds,
			...(weekly.value
				? {
						weekly: {
							days: [...chosen.value].sort(),
							from: from.value,
							to: to.value,
							timezone: timezone.value,
						},
					}
				: {}),
		};
		const made = await attempt.run(() => unwrap(api.POST('/freeze-windows', { body })));
		if (!made) return;
		await Promise.all([freezeWindows.refresh(), environments.refresh()]);
		announce('The window is set');
		onClose();
	};

	const time = (id: string, label: string, at: typeof from) => (
		<Field id={id} label={label} hint={id === 'freeze-to' && overnight ? 'On the next day' : ''}>
			<input
				{...described(id, null)}
				type="time"
				required
				value={at.value}
				onInput={(event) => (at.value = event.currentTarget.value)}
			/>
		</Field>
	);
	const date = (id: string, label: string, at: typeof starts, wrong: string | null) => (
		<Field id={id} label={label} hint={weekly.value ? `Empty: no limit. ${yours}` : yours} wrong={wrong}>
			<input
				{...described(id, wrong)}
				type="datetime-local"
				value={at.value}
				onInput={(event) => (at.value = event.currentTarget.value)}
			/>
		</Field>
	);

	return (
		<FormSheet
			title="New freeze window"
			verb="Set the window"
			attempt={attempt}
			shut={shut}
			onSend={() => void send()}
			onClose={onClose}
		>
			<p class="dim">While it lasts nothing is applied. Changes can be drafted and submitted.</p>
			<div class="form-grid">
				<Field id="freeze-environment" label="Environment">
					<select
						{...described('freeze-environment', null)}
						value={environment.value}
						onChange={(event) => (environment.value = event.currentTarget.value)}
					>
						<option value="" disabled>
							choose
						</option>
						{mine.map((one) => (
							<option key={one.environment}>{one.environment}</option>
						))}
						{holds('admin', '*') && <option value="*">all environments</option>}
					</select>
				</Field>
				<Field id="freeze-kind" label="How often">
					<select
						{...described('freeze-kind', null)}
						value={weekly.value ? 'weekly' : 'once'}
						onChange={(event) => (weekly.value = event.currentTarget.value === 'weekly')}
					>
						<option value="once">once</option>
						<option value="weekly">every week</option>
					</select>
				</Field>
			</div>
			<div class="form-grid">
				{date('freeze-starts', weekly.value ? 'Not before' : 'From', starts, null)}
				{date('freeze-ends', weekly.value ? 'Not after' : 'To', ends, endsWrong)}
			</div>
			{weekly.value && (
				<>
					<div class="form-grid">
						{time('freeze-from', 'From', from)}
						{time('freeze-to', 'To', to)}
					</div>
					<fieldset class="flags days">
						<legend>Days</legend>
						{days.map((name, i) => (
							<label class="check" key={name}>
								<input
									type="checkbox"
									checked={chosen.value.includes(i + 1)}
									onChange={(event) => {
										const others = chosen.value.filter((day) => day !== i + 1);
										chosen.value = event.currentTarget.checked ? [...others, i + 1] : others;
									}}
								/>
								<span>{name}</span>
							</label>
						))}
					</fieldset>
					<Field id="freeze-timezone" label="Time zone" hint="In which the days and times above are meant">
						<input
							{...described('freeze-timezone', null)}
							value={timezone.value}
							onInput={(event) => (timezone.value = event.currentTarget.value)}
							autocomplete="off"
						/>
					</Field>
				</>
			)}
			<ReasonField reason={reason} wanting={wanting} placeholder="Why; shown to everybody who is stopped by it" />
		</FormSheet>
	);
}
