import { useSignal } from '@preact/signals';
import { announce } from '../app/announce';
import { Icon } from './Icon';

/** Copies a text and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
	const copied = useSignal(false);
	const copy = async () => {
		await navigator.clipboard.writeText(text);
		copied.value = true;
		announce(`${what} copied`);
		setTimeout(() => {
			copied.value = false;
		}, 2000);
	};
	return (
		<button type="button" class="quiet small" onClick={() => void copy()} aria-label={`Copy ${what}`}>
			<Icon name={copied.value ? 'check' : 'copy'} />
			{copied.value ? 'Copied' : 'Copy'}
		</button>
	);
}
