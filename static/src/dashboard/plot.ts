// The one place that knows uPlot: samples in, a canvas out, in the colours of the theme.
import uPlot from 'uplot';
import type { Sample } from '../data/latency';
import { serverTime } from '../data/clock';
import { isToday, shortMoment } from '../text/age';
import { lookOf } from '../text/environment';

const colour = (name: string): string => {
	const probe = document.createElement('span');
	probe.className = `tone-${name}`;
	document.body.append(probe);
	const found = getComputedStyle(probe).getPropertyValue('--tone').trim();
	probe.style.color = found;
	const { color } = getComputedStyle(probe);
	probe.remove();
	return color;
};

const textColour = () => getComputedStyle(document.documentElement).getPropertyValue('color');

/** One row of values an environment, over the times of all samples. */
function columns(samples: readonly Sample[], environments: readonly string[]): uPlot.AlignedData {
	const times = samples.map(({ at }) => at / 1000);
	const rows = environments.map((name) =>
		samples.map(({ environment, took }) => (environment === name ? took : null)),
	);
	return [times, ...rows];
}

const momentOf = (seconds: number): string => shortMoment(seconds * 1000, serverTime());
/** The room that a moment takes on the axis, by the oldest: one of another day has its date. */
const roomFor = ([oldest]: readonly Sample[]): number => (oldest && !isToday(oldest.at, serverTime()) ? 170 : 90);

const millis = (value: number): string => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);

/** Draws into the element; the returned function takes it away. */
export function plot(into: HTMLElement, samples: readonly Sample[], environments: readonly string[]): () => void {
	const axis = { stroke: textColour(), grid: { stroke: '#8884', width: 1 }, ticks: { show: false } };
	const chart = new uPlot(
		{
			width: into.clientWidth,
			height: 200,
			legend: { show: false },
			cursor: { show: false },
			scales: { y: { range: (_, __, max) => [0, Math.max(10, max * 1.15)] } },
			axes: [
				{ ...axis, space: roomFor(samples), values: (_, splits) => splits.map(momentOf) },
				{ ...axis, size: 62, values: (_, splits) => splits.map(millis) },
			],
			series: [
				{},
				...environments.map((name) => ({
					label: name,
					stroke: colour(lookOf(name).tone),
					fill: colour(lookOf(name).tone),
					paths: () => null,
					points: { show: true, size: 7, fill: colour(lookOf(name).tone) },
				})),
			],
		},
		columns(samples, environments),
		into,
	);
	const fit = new ResizeObserver(() => chart.setSize({ width: into.clientWidth, height: 200 }));
	fit.observe(into);
	return () => {
		fit.disconnect();
		chart.destroy();
	};
}
