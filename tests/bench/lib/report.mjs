// report.mjs RESULTS [--check] [--write]: rows (see bench.mjs) as a table on standard output; --write puts it into README.md,
// between the two marks there, and its plot beside; --check: exits 1 where a target is missed or a benchmark failed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const [path, ...flags] = process.argv.slice(2);
const rows = readFileSync(path, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const measured = rows.filter((row) => row.ratio !== undefined);
const others = rows.filter((row) => row.ratio === undefined);

const significant = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const thousands = (value) => significant(value).replace(/\B(?=(\d{3})+(?!\d))/g, (match, _group, at, whole) => (whole.includes('.') ? '' : ','));
const amount = (value, unit) => `${thousands(value)} ${unit}`;

function target({ atMost, atLeast }) {
	if (atMost !== undefined) return `at most ${atMost}`;
	return atLeast !== undefined ? `at least ${atLeast}` : '';
}

function verdict({ ratio, atMost, atLeast }) {
	if (atMost === undefined && atLeast === undefined) return '';
	return (atMost === undefined || ratio <= atMost) && (atLeast === undefined || ratio >= atLeast) ? 'met' : 'MISSED';
}

const HEAD = ['measure', 'ours', 'baseline', '', 'ratio (least..most)', 'target', ''];
const cells = (row) => [row.name, amount(row.ours, row.unit), amount(row.baseline, row.unit), row.against,
	`${row.ratio.toFixed(2)} (${row.least.toFixed(2)}..${row.most.toFixed(2)})`, target(row), verdict(row)];

function table() {
	const lines = [HEAD, ...measured.map(cells)];
	const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
	return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd()).join('\n');
}

const notes = () => [
	...measured.filter((row) => row.note).map((row) => `${row.name}: ${row.note}`),
	...others.map((row) => (row.skipped ? `${row.name}: skipped, ${row.skipped}` : `${row.name}: FAILED, ${row.failed}`)),
];

function machine() {
	const gib = Math.round(os.totalmem() / 2 ** 30);
	return `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} processors (${os.cpus()[0].model.trim()}), ${gib} GiB, Linux ${os.release()}`;
}

function markdown() {
	const line = (list) => `| ${list.join(' | ')} |`;
	const body = [line(HEAD), line(HEAD.map(() => '---')), ...measured.map((row) => line(cells(row)))].join('\n');
	const rounds = Math.max(...measured.map((row) => row.rounds));
	return `${machine()}. Medians of ${rounds} rounds, ours and the baseline in turn; the ratio is the median of the rounds' own.\n\n${body}\n${notes().map((note) => `\n- ${note}`).join('')}\n`;
}

const MARKS = ['<!-- made by ./dev bench --write -->\n', '<!-- until here -->\n'];

function withResults(readme) {
	const [begin, end] = [readme.indexOf(MARKS[0]) + MARKS[0].length, readme.indexOf(MARKS[1])];
	if (begin < MARKS[0].length || end < begin) throw new Error(`README.md lacks the lines ${MARKS.join(' and ').replaceAll('\n', '')}`);
	return `${readme.slice(0, begin)}\n${markdown()}\n${readme.slice(end)}`;
}

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);

// A line a measure: how far from its target, on a logarithmic scale, with its target as the middle; left is better.
function plot() {
	const drawn = measured.filter((row) => verdict(row));
	const [width, left, step, top] = [860, 370, 22, 46];
	const height = top + drawn.length * step + 16;
	const share = (row, ratio) => (row.atMost !== undefined ? ratio / row.atMost : row.atLeast / ratio);
	const x = (value) => left + 20 + ((Math.log10(Math.min(10, Math.max(0.01, value))) + 2) / 3) * (width - left - 40);
	const tick = (value, text) => `<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${top - 12}" y2="${height - 8}"/><text class="tick" x="${x(value)}" y="${top - 18}">${text}</text>`;
	const mark = (row, i) => {
		const y = top + i * step + step / 2;
		const ends = [share(row, row.least), share(row, row.most)];
		const kind = verdict(row) === 'met' ? 'met' : 'missed';
		return `<text class="name" x="${left}" y="${y + 4}">${escaped(row.name)}</text>` +
			`<line class="${kind}" x1="${x(Math.min(...ends))}" x2="${x(Math.max(...ends))}" y1="${y}" y2="${y}"/>` +
			`<circle class="${kind}" cx="${x(share(row, row.ratio))}" cy="${y}" r="5"/>`;
	};
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Each measure in parts of its target: left of 1 is better than the target">
<style>text{font:12px system-ui,sans-serif;fill:#3b4252}.name{text-anchor:end}.tick{text-anchor:middle;font-size:11px}.grid{stroke:#c8ced9}.target{stroke:#3b4252;stroke-width:1.5}
line.met,circle.met{stroke:#1a7f5a;fill:#1a7f5a}line.missed,circle.missed{stroke:#c2410c;fill:#c2410c}line.met,line.missed{stroke-width:2}
@media(prefers-color-scheme:dark){text{fill:#d8dee9}.grid{stroke:#434c5e}.target{stroke:#d8dee9}}</style>
${[[0.01, '1/100'], [0.1, '1/10'], [10, '10 ×']].map(([value, text]) => tick(value, text)).join('')}${tick(1, 'target').replace('"grid"', '"target"')}
${drawn.map(mark).join('\n')}
<text x="0" y="14" font-weight="600">Parts of the target: left is better. ${escaped(machine().split(',')[0])}</text>
</svg>
`;
}

console.log(table());
for (const note of notes()) console.log(note);
const missed = measured.filter((row) => verdict(row) === 'MISSED').length;
const failed = others.filter((row) => row.failed).length;
const skipped = others.length - failed;
console.log(`${measured.filter((row) => verdict(row) === 'met').length} met, ${missed} missed, ${failed} failed, ${skipped} skipped (${machine()})`);
if (flags.includes('--write') && measured.length) {
	const root = fileURLToPath(new URL('../../../', import.meta.url));
	mkdirSync(`${root}docs/bench`, { recursive: true });
	writeFileSync(`${root}docs/bench/results.svg`, plot());
	writeFileSync(`${root}README.md`, withResults(readFileSync(`${root}README.md`, 'utf8')));
}
if (flags.includes('--check') && (missed || failed)) process.exitCode = 1;
