import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { theme } from '../app/theme';
import { now } from '../data/clock';
import type { Sample } from '../data/latency';
import { shortMoment } from '../text/age';
import { EnvBadge } from '../ui/EnvBadge';
import { plot } from './plot';

/** The samples over time, an environment a colour; the same as a table for whoever does not see a picture. */
export function LatencyChart({ samples }: { samples: readonly Sample[] }) {
	const canvas = useRef<HTMLDivElement>(null);
	const asTable = useSignal(false);
	const dark = useSignal(matchMedia('(prefers-color-scheme: dark)').matches);
	const environments = [...new Set(samples.map(({ environment }) => environment))].sort();
	useEffect(() => {
		const scheme = matchMedia('(prefers-color-scheme: dark)');
		const turn = () => (dark.value = scheme.matches);
		scheme.addEventListener('change', turn);
		return () => scheme.removeEventListener('change', turn);
	}, []);
	useEffect(() => {
		if (canvas.current) return plot(canvas.current, samples, environments);
		return undefined;
	}, [samples, theme.value, dark.value, asTable.value]);
	return (
		<>
			{asTable.value ? (
				<div class="chart-table" tabIndex={0} role="group" aria-label="The same as a table">
					<table class="members">
						<thead>
							<tr>
								<th scope="col">Worker</th>
								<th scope="col">Version</th>
								<th scope="col">Applied</th>
								<th scope="col">Saved to applied</th>
							</tr>
						</thead>
						<tbody>
							{[...samples].reverse().map(({ environment, worker, version, at, took }) => (
								<tr key={`${environment} ${worker} ${version}`}>
									<th scope="row">
										<code>{worker}</code>
									</th>
									<td>
										<EnvBadge name={environment} version={version} />
									</td>
									<td class="num">{shortMoment(at, now.value)}</td>
									<td class="num">{took} ms</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			) : (
				<div class="chart" ref={canvas} role="img" aria-label={`Saved to applied, ${samples.length} points over time`} />
			)}
			<p class="chart-foot">
				{environments.map((name) => (
					<EnvBadge key={name} name={name} />
				))}
				<span class="grow" />
				<button type="button" class="quiet small" onClick={() => (asTable.value = !asTable.value)}>
					{asTable.value ? 'Show as a chart' : 'Show as a table'}
				</button>
			</p>
		</>
	);
}
