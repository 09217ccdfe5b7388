import type { ComponentChildren } from 'preact';
import { useAttempt } from '../data/useAttempt';
import { FormSheet } from './FormSheet';

/** Asks once more before what cannot be taken back; the button names what it does. */
export function ConfirmSheet({
	title,
	verb,
	act,
	onDone,
	onClose,
	children,
}: {
	title: ComponentChildren;
	verb: string;
	act: () => Promise<unknown>;
	onDone: () => void;
	onClose: () => void;
	children: ComponentChildren;
}) {
	const attempt = useAttempt();
	const send = async () => {
		const done = await attempt.run(async () => {
			await act();
			return true;
		});
		if (done) onDone();
	};
	return (
		<FormSheet title={title} verb={verb} attempt={attempt} size="small" onSend={() => void send()} onClose={onClose}>
			{children}
		</FormSheet>
	);
}
