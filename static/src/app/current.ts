// The environment one works in: the one in the address, else the last one that was.
import { computed, effect, signal } from '@preact/signals';
import { environments } from '../data/stores';
import { find } from './routes';
import { path } from './router';

const key = 'cvn-environment';
const last = signal(localStorage.getItem(key));

export const found = computed(() => find(path.value));

/** From now on this is the environment one works in: a page is about it without naming it in the address. */
export function workIn(environment: string): void {
	last.value = environment;
	localStorage.setItem(key, environment);
}

effect(() => {
	const named = found.value?.params['env'];
	if (named !== undefined) workIn(named);
});

/** What the page is about: an environment, all of them (null), or not known yet (undefined). */
export const scope = computed<string | null | undefined>(() => {
	if (!found.value) return null;
	const { route, params } = found.value;
	if (params['env'] !== undefined) return params['env'];
	return route.about ? route.about(params) : null;
});

/** Where one goes on to from a page about all: the environment of the address, else the last one that one worked in. */
export const currentEnvironment = computed<string | null>(() => {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	const named = found.value?.params['env'] ?? last.value;
	return named !== null && (names.length === 0 || names.includes(named)) ? named : (names[0] ?? null);
});
