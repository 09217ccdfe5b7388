import { useEffect, useMemo } from 'preact/hooks';
import { resource, type Resource } from '../data/resource';
import { findRun } from '../data/runs';
import type { Run } from '../data/types';

/** A run by its id, looked for among the runs; `run` is null where there is none. */
export function useRun(id: string): Resource<{ run: Run | null }> {
	const found = useMemo(() => resource(async () => ({ run: await findRun(id) })), [id]);
	useEffect(() => found.ensure(), [found]);
	return found;
}
