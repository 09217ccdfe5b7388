// The way of an applied version into the workers, until all have it.
import { signal } from '@preact/signals';
import type { Worker } from '../data/types';

export interface Rollout {
	environment: string;
	version: number;
	names: readonly string[];
	/** The change set that became the version. */
	change: number;
}

/** What was last saved or approved in this tab: the editor shows how far it has come. */
export const rollout = signal<Rollout | null>(null);

/**
 * How far one worker has come with a version: on its way, told of it, waiting for its boundary, applied, applied but
 * for what waits for the restart, or refused.
 */
export type Step = 'sent' | 'notified' | 'waiting' | 'applied' | 'restart' | 'rejected';

/** The order of attention: what is stuck first. */
const order: readonly Step[] = ['rejected', 'restart', 'waiting', 'notified', 'sent', 'applied'];

export interface WorkerStep {
	worker: Worker;
	step: Step;
	/** Of the version's parameters, those that wait for the worker's restart. */
	restarts: readonly string[];
}

export interface Progress {
	steps: readonly WorkerStep[];
	/** Not counted and not waited for: they read everything when they come back. */
	offline: readonly Worker[];
	applied: number;
	total: number;
	done: boolean;
}

export function stepOf(worker: Worker, { version, names }: Pick<Rollout, 'version' | 'names'>): Step {
	if ((worker.applied_version ?? 0) >= version)
		return worker.restart_required.some((name) => names.includes(name)) ? 'restart' : 'applied';
	if (worker.rejected !== null && worker.rejected.version >= version) return 'rejected';
	const told = worker.pending.some((one) => one.version >= version);
	if (told && worker.waiting_for !== null) return 'waiting';
	return told ? 'notified' : 'sent';
}

export function progress(of: Pick<Rollout, 'environment' | 'version' | 'names'>, all: readonly Worker[]): Progress {
	const here = all.filter(({ environment }) => environment === of.environment);
	const steps = here
		.filter(({ state }) => state !== 'offline')
		.map((worker) => ({
			worker,
			step: stepOf(worker, of),
			restarts: worker.restart_required.filter((name) => of.names.includes(name)),
		}))
		.sort(
			(a, b) =>
				order.indexOf(a.step) - order.indexOf(b.step) ||
				a.worker.worker_id.localeCompare(b.worker.worker_id),
		);
	const applied = steps.filter(({ step }) => step === 'applied' || step === 'restart').length;
	return {
		steps,
		offline: here.filter(({ state }) => state === 'offline'),
		applied,
		total: steps.length,
		done: steps.every(({ step }) => step === 'applied'),
	};
}

export function headline({ applied, total, steps }: Progress): string {
	if (total === 0) return 'no worker runs it';
	const restarts = steps.filter(({ step }) => step === 'restart').length;
	const after = restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'needs' : 'need'} a restart`;
	return `applied by ${applied} of ${total}${after}`;
}
