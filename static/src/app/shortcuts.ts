// Keys that act without a modifier. They can be switched off, and never fire while one types or a dialog is open.
import { effect, signal } from '@preact/signals';

const storage = 'cvn-shortcuts';
export const shortcutsOn = signal(localStorage.getItem(storage) !== 'off');
effect(() => localStorage.setItem(storage, shortcutsOn.value ? 'on' : 'off'));

const acts = new Map<string, () => void>();

/** While a page is there its keys act; the returned function takes them away. */
export function onKey(key: string, act: () => void): () => void {
	acts.set(key, act);
	return () => {
		if (acts.get(key) === act) acts.delete(key);
	};
}

const isPlain = ({ ctrlKey, metaKey, altKey }: KeyboardEvent) => !ctrlKey && !metaKey && !altKey;

/** Whether it is this key alone, and keys alone may act: for what has the focus and hears the key itself. */
export const isShortcut = (event: KeyboardEvent, key: string): boolean =>
	shortcutsOn.value && event.key === key && isPlain(event);

/** Where keys are text, or choose; a box that is ticked takes none of them. */
const fields = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';
const types = (target: EventTarget | null) => target instanceof Element && target.closest(fields) !== null;

addEventListener('keydown', (event) => {
	if (!shortcutsOn.value || !isPlain(event) || event.defaultPrevented) return;
	if (types(event.target) || document.querySelector('dialog[open]')) return;
	const act = acts.get(event.key);
	if (!act) return;
	event.preventDefault();
	act();
});
