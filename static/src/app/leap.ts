// Two keys for a page: g, then its letter.
import { go } from './router';
import { currentEnvironment } from './current';
import { address } from './pattern';
import { onKey } from './shortcuts';

const within = 1500;

const places: Record<string, () => string> = {
	e: () => '/',
	p: () => (currentEnvironment.peek() === null ? '/' : address('config', currentEnvironment.peek() ?? '')),
	c: () => '/changes',
	h: () => '/history',
	r: () => '/runs',
	m: () => '/compare',
	w: () => '/dashboard',
	a: () => '/admin/catalog',
};

/** From now on g is the first of two keys; until the returned function is called. */
export function leapKeys(): () => void {
	let until = 0;
	const second = (event: KeyboardEvent) => {
		if (performance.now() > until) return;
		until = 0;
		const place = places[event.key];
		if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
		event.preventDefault();
		event.stopImmediatePropagation();
		go(place());
	};
	addEventListener('keydown', second, { capture: true });
	const off = onKey('g', () => {
		until = performance.now() + within;
	});
	return () => {
		off();
		removeEventListener('keydown', second, { capture: true });
	};
}
