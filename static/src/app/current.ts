// The environment one works in: the one in the address, else the last one that was.
import { computed, effect, signal } from '@preact/signals';
import { environments } from '../data/stores';
import { find } from './routes';
import { path } from './router';

const key = 'cvn-environment';
const last = signal(localStorage.getItem(key));

export const found = computed(() => find(path.value));

effect(() => {
	const named = found.value?.params['env'];
	if (named === undefined) return;
	last.value = named;
	localStorage.setItem(key, named);
});

export const currentEnvironment = computed<string | null>(() => {
	const names = environments.value.value?.map(({ environment }) => environment) ?? [];
	const named = found.value?.params['env'] ?? last.value;
	return named !== null && (names.length === 0 || names.includes(named)) ? named : (names[0] ?? null);
});
