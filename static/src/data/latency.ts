// How long a save took to be in force in a worker: the time between the two, both by the database's clock. The API
// gives the last apply of each worker; what is seen while this tab is open is kept.
import { effect, signal } from '@preact/signals';
import { latest, workers } from './stores';

export interface Sample {
	environment: string;
	worker: string;
	version: number;
	/** When it was applied, in milliseconds. */
	at: number;
	/** Milliseconds from saved to applied. */
	took: number;
}

const kept = 1000;
// A worker tells how long ago it applied in whole milliseconds: one that did at once may seem to have been earlier.
const precision = 2;
export const samples = signal<readonly Sample[]>([]);
const seen = new Set<string>();

function collect(): Sample[] {
	const saved = new Map((latest.value.value ?? []).map((one) => [`${one.environment} ${one.version}`, one.changed_at]));
	return (workers.value.value ?? []).flatMap(({ environment, worker_id, applied_version, applied_at }) => {
		const key = `${environment} ${applied_version}`;
		const since = saved.get(key);
		if (applied_version === null || applied_at === null || since === undefined) return [];
		const took = Date.parse(applied_at) - Date.parse(since);
		if (took < -precision || seen.has(`${key} ${worker_id}`)) return [];
		seen.add(`${key} ${worker_id}`);
		return [{ environment, worker: worker_id, version: applied_version, at: Date.parse(applied_at), took: Math.max(0, took) }];
	});
}

/** Collects until the returned function is called. */
export const collectSamples = (): (() => void) =>
	effect(() => {
		const fresh = collect();
		if (fresh.length > 0)
			samples.value = [...samples.peek(), ...fresh].sort((a, b) => a.at - b.at).slice(-kept);
	});

/** The value below which this share of the samples lies; null of none. */
export function quantile(of: readonly Sample[], share: number): number | null {
	const sorted = of.map(({ took }) => took).sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}
