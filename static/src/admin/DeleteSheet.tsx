import { useSignal } from '@preact/signals';
import { useAttempt } from '../data/useAttempt';
import { FormSheet } from '../ui/FormSheet';
import { ReasonField } from '../ui/ReasonField';

/** Asks why, deletes, and says what stands in the way where it is refused. */
export function DeleteSheet({
	what,
	note,
	remove,
	onDone,
	onClose,
}: {
	what: string;
	note: string;
	remove: (reason: string) => Promise<unknown>;
	onDone: () => void;
	onClose: () => void;
}) {
	const reason = useSignal('');
	const wanting = useSignal(false);
	const attempt = useAttempt();
	const send = async () => {
		wanting.value = reason.value.trim() === '';
		if (wanting.value) return;
		const gone = await attempt.run(async () => {
			await remove(reason.value.trim());
			return true;
		});
		if (gone) onDone();
	};
	return (
		<FormSheet
			title={`Delete ${what}`}
			verb={`Delete ${what}`}
			attempt={attempt}
			onSend={() => void send()}
			onClose={onClose}
		>
			<p>{note}</p>
			<ReasonField reason={reason} wanting={wanting} placeholder="Why it goes; kept for good" />
		</FormSheet>
	);
}
