// A crowd before the notifier: everybody is told once, a reader that stopped delays nobody. The short form is part of
// ./dev check; CVN_CROWD=full is nine thousand (see README.md here).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, stack } from '../lib/stack.mjs';

const s = stack();
const full = process.env.CVN_CROWD === 'full';
const CROWD = process.env.CVN_CROWD_PROGRAM ?? fileURLToPath(new URL('../../.build/gcc/tests/notifier/crowd', import.meta.url));
const ENVIRONMENT = 'test-crowd';
const NAME = 'CVN_ENTRY_THRESHOLD';
const bearer = randomBytes(24).toString('hex');
const digest = createHash('sha256').update(bearer).digest('hex');
const nginx = new URL(s.url).port;
const own = new URL(s.run.notifier).port;
let saves = 0;

before(async () => {
	assert.ok(existsSync(CROWD), `${CROWD} is there: make check TESTS= builds it`);
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: ENVIRONMENT } });
	assert.ok(made.status === 201 || made.status === 409, JSON.stringify(made.body));
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('a crowd', '${digest}', 'worker', '*', 'admin')`);
});

after(() => s.sql(`delete from tokens where sha256 = '${digest}'`));

async function save() {
	const value = `0.${10000 + ++saves}${1 + Math.floor(Math.random() * 9)}`;
	const reply = await s.save('editor', ENVIRONMENT, { [NAME]: value }, 'a crowd waits');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
}

// On top of whatever is current, for several that save at once.
async function saveOver() {
	const body = { changes: { [NAME]: `0.${Math.floor(1e9 + Math.random() * 8e9)}1` }, reason: 'a crowd reads' };
	const reply = await s.call('editor', 'POST', `/api/config/${ENVIRONMENT}`, { headers: { 'If-Match': '*' }, body });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
}

// Starts a crowd; parked() is awaited before each round or once before a stream's seconds; resolves to its reports.
function crowd(args, parked) {
	const path = `/api/events?environment=${ENVIRONMENT}&wait=60`;
	const child = spawn(CROWD, ['--path', path, '--header', `Authorization: Bearer ${bearer}`, ...args.map(String)]);
	const reports = [];
	let said = '';
	child.stderr.on('data', (part) => (said += part));
	let working = Promise.resolve();
	createInterface({ input: child.stdout }).on('line', (line) => {
		if (line.startsWith('parked')) working = working.then(() => parked(Number(line.split(' ')[1])));
		else reports.push(JSON.parse(line));
	});
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (status) => working.then(
			() => (status === 0 ? resolve(reports) : reject(new Error(`crowd: ${status}: ${said}`))), reject));
	});
}

const scraped = async () => (await fetch(`${s.run.notifier}/metrics`)).text();
const metric = async (name) => Number((await scraped()).match(new RegExp(`^${name} (.*)$`, 'm'))[1]);

async function everybody(t, port, clients) {
	const reports = await crowd(['--port', port, '--clients', clients, '--rounds', 2], async (parked) => {
		assert.equal(parked, clients, 'all of them wait');
		const start = Date.now(); // what was asked may still be on its way through nginx
		await eventually(async () => (await metric('cvn_notifier_waiters')) >= clients, 30000, 'the notifier to have them all');
		t.diagnostic(`all there after ${Date.now() - start} ms`);
		await save();
	});
	assert.equal(reports.length, 2);
	for (const report of reports) {
		assert.equal(report.answered, clients);
		assert.equal(report.missed, 0);
		assert.equal(report.twice, 0);
		assert.equal(report.skipped, 0);
		assert.equal(report.refused, 0);
		t.diagnostic(`${clients} callers: first to last ${report.first_to_last_ms} ms, put off ${report.put_off}`);
	}
}

test('a save reaches all who wait through nginx, once each', { timeout: 300000 }, (t) => everybody(t, nginx, full ? 9000 : 600));

test('a save reaches all who wait at the own port, once each', { timeout: 300000 }, (t) => everybody(t, own, full ? 9000 : 1500));

test('streams are told of every version, once and in order', { timeout: 180000 }, async (t) => {
	const [clients, seconds, savers] = full ? [2000, 30, 4] : [200, 8, 1];
	let first = Infinity, last = 0, busy = 0;
	const [report] = await crowd(['--port', own, '--clients', clients, '--stream', seconds], async (parked) => {
		assert.equal(parked, clients);
		const start = Date.now(), end = start + (seconds - 4) * 1000;
		await Promise.all(Array.from({ length: savers }, async () => {
			for (let due = start; due < end; due += 20 * savers) {
				await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
				if (Date.now() > end) return;
				const version = await saveOver();
				first = Math.min(first, version);
				last = Math.max(last, version);
			}
		}));
		busy = (Date.now() - start) / 1000;
	});
	t.diagnostic(`${clients} streams, ${((last - first + 1) / busy).toFixed(1)} versions a second, ${report.events} events`);
	assert.equal(report.lost, 0);
	assert.equal(report.twice, 0);
	assert.equal(report.skipped, 0);
	assert.equal(report.least, last, 'the slowest reader has the last version');
	assert.equal(report.events, (last - first + 1) * clients);
});

test('who stops reading is cut and counted, and the others do not notice', { timeout: 120000 }, async () => {
	const [clients, stopped] = [20, 3];
	const dropped = await metric('cvn_notifier_streams_dropped_total');
	let last = 0;
	const [report] = await crowd(['--port', own, '--clients', clients, '--stopped', stopped, '--stream', 28], async () => {
		const end = Date.now() + 24000; // a socket holds some hundred kilobytes of events that nobody reads
		while (Date.now() < end && (await metric('cvn_notifier_streams_dropped_total')) < dropped + stopped)
			last = Math.max(last, ...(await Promise.all(Array.from({ length: 8 }, saveOver))));
	});
	assert.equal((await metric('cvn_notifier_streams_dropped_total')) - dropped, stopped);
	assert.equal(report.least, last, 'who reads has the last version');
	assert.equal(report.skipped, 0);
	assert.equal(report.twice, 0);
});
