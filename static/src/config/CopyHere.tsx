import { signal, useComputed } from '@preact/signals';
import { shortcutsOn } from '../app/shortcuts';
import { Icon } from '../ui/Icon';

/** The parameter whose row is pointed at, or has the focus. */
export const pointed = signal<string | null>(null);

/** For the pointer: keys copy without it, and the detail has all of it. There only where one is. */
export function CopyHere({ name }: { name: string }) {
	const here = useComputed(() => pointed.value === name);
	if (!here.value) return null;
	return (
		<button
			type="button"
			class="quiet icon-only copy"
			data-act="copy"
			tabIndex={-1}
			aria-label={`Copy the value of ${name}`}
			title={shortcutsOn.value ? 'Copy the value (c)' : 'Copy the value'}
		>
			<Icon name="copy" />
		</button>
	);
}
