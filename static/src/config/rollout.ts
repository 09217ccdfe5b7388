// The way of a saved version into the workers, from the moment this console saved it until all have applied it.
import { signal } from '@preact/signals';
import type { Worker } from '../data/types';

export interface Rollout {
	environment: string;
	version: number;
	names: readonly string[];
}
export const rollout = signal<Rollout | null>(null);

export interface Progress {
	workers: Worker[];
	applied: Worker[];
	waiting: Worker[];
	done: boolean;
}

/** Workers that are offline are not waited for: they read everything when they come back. */
export function progress({ environment, version }: Rollout, all: readonly Worker[]): Progress {
	const workers = all
		.filter((worker) => worker.environment === environment && worker.state !== 'offline')
		.sort((a, b) => a.worker_id.localeCompare(b.worker_id));
	const applied = workers.filter((worker) => (worker.applied_version ?? 0) >= version);
	const waiting = workers.filter((worker) => !applied.includes(worker));
	return { workers, applied, waiting, done: waiting.length === 0 };
}
