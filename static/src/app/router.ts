// Addresses are the state: what a page shows can be copied from the address bar.
import { batch, computed, signal } from '@preact/signals';

const url = signal(new URL(location.href));
export const path = computed(() => url.value.pathname);
export const query = computed(() => url.value.searchParams);

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
	if (how === 'push') history.pushState(null, '', to);
	else history.replaceState(null, '', to);
	batch(() => {
		url.value = new URL(location.href);
	});
	if (how === 'push') scrollTo(0, 0);
}

/** Changes one member of the query in place; empty removes it. */
export function setQuery(name: string, value: string): void {
	const next = new URL(location.href);
	if (value === '') next.searchParams.delete(name);
	else next.searchParams.set(name, value);
	go(next.pathname + next.search, 'replace');
}

addEventListener('popstate', () => {
	url.value = new URL(location.href);
});

// Links are links: only a plain click on one of ours stays in this document.
addEventListener('click', (event) => {
	if (
		event.defaultPrevented ||
		event.button !== 0 ||
		event.ctrlKey ||
		event.metaKey ||
		event.shiftKey ||
		event.altKey
	)
		return;
	const link = event.target instanceof Element ? event.target.closest('a') : null;
	if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
	if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
	event.preventDefault();
	go(link.pathname + link.search);
});
