// Runs and the parameter sets they are pinned to. A set never changes, so it is read once.
import { api, unwrap } from './api';
import { pages, type Pages } from './pages';
import { Problem } from './problem';
import { resources } from './resource';
import type { ParameterSet, Run, RunKind, RunDifferences } from './types';

export interface RunFilter {
	environment?: string;
	kind?: RunKind;
	hash?: string;
}

const readPage = async (filter: RunFilter, cursor: string | null, limit: number) => {
	const query = { ...filter, limit, ...(cursor === null ? {} : { cursor }) };
	const { runs, next_cursor } = await unwrap(api.GET('/runs', { params: { query } }));
	return { items: runs, next: next_cursor };
};

export const runList = (filter: RunFilter): Pages<Run> =>
	pages((cursor, limit) => readPage(filter, cursor, limit));

/** The run with this id, or null: there is none that the reader may see. */
export const findRun = (run: string): Promise<Run | null> =>
	unwrap(api.GET('/runs/{run}', { params: { path: { run } } })).catch((thrown: unknown) => {
		if (thrown instanceof Problem && thrown.status === 404) return null;
		throw thrown;
	});

export const parameterSets = resources<ParameterSet>((hash) =>
	unwrap(api.GET('/parameter-sets/{hash}', { params: { path: { hash } } })),
);

export const compareRuns = (run: string, other: string): Promise<RunDifferences> =>
	unwrap(api.GET('/runs/{run}/diff/{other}', { params: { path: { run, other } } }));

export const rerun = (run: string, run_id: string): Promise<Run> =>
	unwrap(api.POST('/runs/{run}/rerun', { params: { path: { run } }, body: { run_id } }));
