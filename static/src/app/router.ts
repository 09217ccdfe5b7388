// Addresses are the state: what a page shows can be copied from the address bar.
import { batch, computed, signal } from '@preact/signals';

const url = signal(new URL(location.href));
export const path = computed(() => url.value.pathname);
export const query = computed(() => url.value.searchParams);

export function go(to: string, how: 'push' | 'replace' = 'push'): void {
	const before = location.pathname;
	if (how === 'push') history.pushState(null, '', to);
	else history.replaceState(null, '', to);
	batch(() => {
		url.value = new URL(location.href);
	});
	if (how === 'push' && location.pathname !== before) scrollTo(0, 0);
}

/** This address with other members in its query; empty removes one. */
export function withQuery(members: Readonly<Record<string, string>>): string {
	const next = new URL(url.value);
	for (const [name, value] of Object.entries(members))
		if (value === '') next.searchParams.delete(name);
		else next.searchParams.set(name, value);
	return next.pathname + next.search;
}

/** Changes one member of the query. What one types or picks replaces the entry; what opens something is a step back. */
export function setQuery(name: string, value: string, how: 'push' | 'replace' = 'replace'): void {
	go(withQuery({ [name]: value }), how);
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
