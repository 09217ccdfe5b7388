import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../ui/Icon';
import { lazy } from './lazy';

const Palette = lazy(async () => (await import('../palette/Palette')).Palette, 'palette');

/** Whether the platform's key for shortcuts is Command. */
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Ctrl-K, or Command-K, from anywhere but another dialog; and a button that says so. */
export function PaletteKey() {
	const open = useSignal(false);
	useEffect(() => {
		const key = (event: KeyboardEvent) => {
			if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
			if (!open.peek() && document.querySelector('dialog[open]')) return;
			event.preventDefault();
			open.value = !open.peek();
		};
		addEventListener('keydown', key);
		return () => removeEventListener('keydown', key);
	}, []);
	return (
		<>
			<button
				type="button"
				class="quiet palette-key"
				aria-haspopup="dialog"
				title="Go to a page, an environment or a parameter"
				onClick={() => (open.value = true)}
			>
				<span class="visually-hidden">Go to </span>
				<Icon name="search" />
				<kbd>{isMac ? '⌘' : 'Ctrl'} K</kbd>
			</button>
			{open.value && <Palette onClose={() => (open.value = false)} />}
		</>
	);
}
