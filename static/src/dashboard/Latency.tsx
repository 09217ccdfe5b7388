import { useEffect } from 'preact/hooks';
import { lazy } from '../app/lazy';
import { collectSamples, quantile, samples } from '../data/latency';
import { latest } from '../data/stores';
import { plural } from '../text/words';

const LatencyChart = lazy(async () => (await import('./LatencyChart')).LatencyChart);

const told = (milliseconds: number | null): string =>
	milliseconds === null ? 'none' : milliseconds >= 10_000 ? `${Math.round(milliseconds / 1000)} s` : `${milliseconds} ms`;

/** From saved to applied: how long it took, worker by worker. */
export function Latency({ environment }: { environment: string }) {
	useEffect(() => {
		latest.ensure();
		return collectSamples();
	}, []);
	const here = samples.value.filter((one) => environment === '' || one.environment === environment);
	return (
		<section class="panel-box" aria-label="Saved to applied">
			<h2>Saved to applied</h2>
			{here.length === 0 ? (
				<p class="dim">
					No apply was seen yet: a point is drawn when a worker applies a version that was saved while this page or
					the latest history shows it.
				</p>
			) : (
				<>
					<p class="dim">
						median <b>{told(quantile(here, 0.5))}</b> · p95 <b>{told(quantile(here, 0.95))}</b> ·{' '}
						{plural(here.length, 'apply', 'applies')}
					</p>
					<LatencyChart samples={here} />
				</>
			)}
		</section>
	);
}
