import { useEffect } from 'preact/hooks';
import { onKey, shortcutsOn } from '../app/shortcuts';

const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 };

/** A key handler for a list: up and down go from one element that matches to the next, while one of them has the focus. */
export const rowKeys = (selector: string) => (event: KeyboardEvent) => {
	const letter = event.key.length === 1;
	const step = letter && !shortcutsOn.value ? undefined : steps[event.key];
	const here = event.target instanceof Element ? event.target.closest(selector) : null;
	if (step === undefined || !here || !(event.currentTarget instanceof Element)) return;
	const all = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
	const next = all[all.indexOf(here as HTMLElement) + step];
	if (!next) return;
	event.preventDefault();
	next.focus();
};

/** From anywhere else on the page, j goes to the first that matches. */
export const useFirstRowKey = (selector: string): void =>
	useEffect(
		() =>
			onKey('j', () => {
				if (!document.activeElement?.matches(selector))
					document.querySelector<HTMLElement>(selector)?.focus();
			}),
		[selector],
	);
