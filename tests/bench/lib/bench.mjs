// What the benchmarks share: rounds in turn, rows of the result, programs, requests, environments on the stack.
//
// ./dev bench starts a stack, builds tests/bench/programs into CVN_BENCH_BIN, and runs each tests/bench/NAME.mjs with
// CVN_STATE. A benchmark prints its rows as lines of JSON, which report.mjs makes the table of.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { stack } from '../../lib/stack.mjs';

const run = promisify(execFile);

// At least five; CVN_BENCH_ROUNDS=1 only shows that a benchmark works.
export const ROUNDS = Number(process.env.CVN_BENCH_ROUNDS ?? 5);

export const s = stack();
export const port = Number(new URL(s.url).port);
export const scratch = mkdtempSync(join(tmpdir(), 'cvn-bench-'));
const endings = [() => rmSync(scratch, { recursive: true, force: true })];

// Undone in reverse when the benchmark ends, however it ends.
export const atEnd = (undo) => endings.push(undo);

// The benchmark itself: its errors are told, and what it started is stopped.
export async function bench(body) {
	try {
		await body();
	} catch (error) {
		console.error(error);
		process.exitCode = 1;
	}
	for (const undo of endings.reverse()) await undo();
}

export const median = (list) => percentile(list, 50);

export function percentile(list, p) {
	const sorted = [...list].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * p) / 100))];
}

// Runs both in turn, each round begun by the other one: [[ours, baseline], ...].
export async function alternate(ours, baseline, rounds = ROUNDS) {
	const pairs = [];
	for (let i = 0; i < rounds; i++) {
		if (i % 2 === 0) {
			const first = await ours();
			pairs.push([first, await baseline()]);
		} else {
			const first = await baseline();
			pairs.push([await ours(), first]);
		}
	}
	return pairs;
}

// A row: pairs of numbers in `unit`, ours and `against`. Its target is a bound on ours / baseline; without one it is
// there for information. `note` says what is odd about it.
export function row({ name, unit, against, pairs, atMost, atLeast, note }) {
	const ratios = pairs.map(([ours, baseline]) => ours / baseline);
	if (!ratios.every(Number.isFinite)) throw new Error(`${name}: ${JSON.stringify(pairs)} are no numbers to compare`);
	console.log(JSON.stringify({
		name, unit, against, note, atMost, atLeast,
		ours: median(pairs.map(([ours]) => ours)), baseline: median(pairs.map(([, baseline]) => baseline)),
		ratio: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios), rounds: pairs.length,
	}));
}

// One row for each member that is named: pick(results, 'p50_ms').
export const pick = (pairs, member) => pairs.map(([ours, baseline]) => [ours[member], baseline[member]]);

// A measure against a fixed bound: its repeated values, no baseline.
export function bound({ name, unit, values, atMost, note }) {
	row({ name, unit, against: 'the bound', pairs: values.map((value) => [value, atMost]), atMost: 1, note });
}

// What cannot be measured here, and why.
export const skip = (name, why) => console.log(JSON.stringify({ name, skipped: why }));

// Runs one of tests/bench/programs: what it prints, as JSON.
export async function program(name, args, options = {}) {
	const path = join(process.env.CVN_BENCH_BIN, name);
	try {
		const { stdout } = await run(path, args.map(String), { maxBuffer: 1 << 26, ...options });
		return JSON.parse(stdout);
	} catch (error) {
		throw new Error(`${name} ${args.join(' ')}: ${String(error.stderr || error.message).trim()}`);
	}
}

// A raw request in a file of its own: its path.
let files = 0;
export function requestFile({ method, target, headers = {}, body = '', to = port }) {
	const bytes = Buffer.byteLength(body);
	const lines = Object.entries({ Host: `127.0.0.1:${to}`, ...headers, ...(body ? { 'Content-Type': 'application/json', 'Content-Length': bytes } : {}) });
	const path = join(scratch, `request-${++files}`);
	writeFileSync(path, `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`);
	return path;
}

export function basic(role) {
	return `Basic ${Buffer.from(`${role}:${s.credentials[role].password}`).toString('base64')}`;
}

// A save of one parameter, whose value differs each time.
export function saveFile(environment, name = 'CVN_ENTRY_THRESHOLD') {
	const body = JSON.stringify({ changes: { [name]: '0.@@@@@@@@1' }, reason: 'bench' });
	return requestFile({ method: 'POST', target: `/api/config/${environment}`, headers: { Authorization: basic('editor'), 'If-Match': '*' }, body });
}

// An environment of the bench's own, made when it is not there.
export async function environment(name) {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: name } });
	if (made.status !== 201 && made.status !== 409) throw new Error(`${name}: ${JSON.stringify(made.body)}`);
	return name;
}

// Fills the catalog up to so many parameters, of the types there are, by one statement of the owner.
export async function parameters(count) {
	const [{ n }] = await s.sql('select count(*) n from variable_catalog');
	for (let i = Number(n); i < count; i += 500) await s.sql(moreParameters(i, Math.min(i + 500, count)));
}

function moreParameters(from, to) {
	return `insert into variable_catalog (name, type, default_value, description, group_name, category, min_value, max_value, version, updated_by)
		select 'CVN_BENCH_' || i, case i % 4 when 0 then 'bool' when 1 then 'int' else 'decimal' end,
		case i % 4 when 0 then 'true' when 1 then (i % 100)::text else '0.' || (i % 90 + 1) || '5' end, 'a parameter of the benchmarks',
		'bench', 'threshold', case when i % 4 > 0 then '0' end, case when i % 4 > 0 then '1000' end, (select max(version) from variable_catalog), 'bench'
		from generate_series(${from}, ${to - 1}) i`;
}
