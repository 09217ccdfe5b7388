// What the server owns, one store a resource. Pages name what they need with ensure(); events say what to read again.
import { computed } from '@preact/signals';
import { api, unwrap } from './api';
import { resource, resources } from './resource';
import type { Catalog, Configuration, Environment, FreezeWindow, HistoryEntry, Operator, Rule, Token, Worker } from './types';

export const environments = resource<Environment[]>(
	async () => (await unwrap(api.GET('/environments'))).environments,
);

export const catalog = resource<Catalog>(() => unwrap(api.GET('/catalog')));

export const typesOfVariables = computed(
	() => new Map(catalog.value.value?.variables.map(({ name, type }) => [name, type] as const)),
);

export const rules = resource<Rule[]>(async () => (await unwrap(api.GET('/rules'))).rules);

export const workers = resource<Worker[]>(async () => (await unwrap(api.GET('/workers'))).workers);

export const operators = resource<Operator[]>(async () => (await unwrap(api.GET('/operators'))).operators);

export const tokens = resource<Token[]>(async () => (await unwrap(api.GET('/tokens'))).tokens);

export const freezeWindows = resource<FreezeWindow[]>(
	async () => (await unwrap(api.GET('/freeze-windows'))).freeze_windows,
);

/** The latest saves of all environments, newest first. */
export const latest = resource<HistoryEntry[]>(
	async () => (await unwrap(api.GET('/history', { params: { query: { limit: 12 } } }))).entries,
);

export const configurations = resources<Configuration>((env) =>
	unwrap(api.GET('/config/{env}', { params: { path: { env } } })),
);

export const findEnvironment = (name: string) =>
	environments.value.value?.find(({ environment }) => environment === name);

/** Somebody else may log in next. */
export function forgetAll(): void {
	const single = [environments, catalog, rules, workers, operators, tokens, freezeWindows, latest];
	for (const { forget } of [...single, ...configurations.all().values()]) forget();
}
