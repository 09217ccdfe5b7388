// The example worker as an operator sees it, by either feed: what it waits for, refuses and survives is told.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';

const s = stack();
const example =
	process.env.CVN_EXAMPLE ?? (process.env.CVN_BIN && join(process.env.CVN_BIN, '../../examples/paper_trader')) ??
	new URL('../../.build/examples/paper_trader', import.meta.url).pathname;
const environment = `test-feeds-${randomBytes(4).toString('hex')}`;
const started = [];
let token;

before(async () => {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment, copy_from: 'paper' } });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const reply = await s.call('admin', 'POST', '/api/tokens', { body: { name: environment, role: 'worker', environment } });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	token = reply.body;
});

after(async () => {
	for (const worker of started) await worker.stop();
	await s.call('admin', 'DELETE', `/api/tokens/${token.id}`);
});

// What each feed needs to know.
const feeds = {
	listen: () => ({ CVN_DATABASE: s.run.worker_database }),
	poll: () => ({ CVN_URL: s.url, CVN_WATCH_URL: s.run.notifier, CVN_TOKEN: token.token }),
	'poll through nginx': () => ({ CVN_URL: s.url, CVN_TOKEN: token.token }),
};

// A worker of a name of its own: { id, lines, ended, stop(), status() }.
function start(feed, flags = [], more = {}) {
	const id = `${feed.replaceAll(' ', '-')}-${randomBytes(4).toString('hex')}`;
	const env = { PATH: process.env.PATH, CVN_ENVIRONMENT: environment, CVN_WORKER_ID: id, CVN_CYCLE_MS: '20', ...feeds[feed](), ...more };
	const child = spawn(example, ['--feed', feed.split(' ')[0], ...flags], { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const lines = [];
	let rest = '';
	child.stdout.setEncoding('utf8').on('data', (text) => {
		const parts = (rest + text).split('\n');
		rest = parts.pop();
		lines.push(...parts.map((line) => JSON.parse(line)));
	});
	const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
	const stop = () => (child.kill('SIGTERM'), ended);
	const status = async () => {
		const reply = await s.call('viewer', 'GET', `/api/workers?environment=${environment}`);
		return reply.body.workers.find((worker) => worker.worker_id === id);
	};
	const worker = { id, lines, ended, stop, status };
	started.push(worker);
	return worker;
}

const is = (worker, check, what) =>
	eventually(async () => {
		const status = await worker.status();
		return status && check(status) && status;
	}, 15000, `${worker.id}: ${what}`);

const logged = (worker, event) => eventually(() => worker.lines.find((line) => line.event === event), 15000, `${worker.id}: ${event}`);

async function save(changes) {
	const reply = await s.save('editor', environment, changes, 'a test of the feeds');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return Number(reply.body.version);
}

const fraction = () => `0.${1 + Math.floor(Math.random() * 8)}${1 + Math.floor(Math.random() * 99998)}1`;
const other = async (name, a, b) => ((await s.call('viewer', 'GET', `/api/config/${environment}/${name}`)).body.value === a ? b : a);

for (const feed of Object.keys(feeds)) {
	test(`${feed}: a save is applied and logged, and the end is told`, async () => {
		const worker = start(feed);
		await is(worker, (w) => w.state === 'current', 'current');
		const version = await save({ CVN_ENTRY_THRESHOLD: fraction() });
		const { config_hash } = await is(worker, (w) => w.applied_version === version, `version ${version}`);
		const line = await eventually(
			() => worker.lines.find((l) => l.event === 'config_version_applied' && l.config_version === String(version)), 5000, 'the log');
		assert.equal(line.detail, config_hash);
		assert.equal(await worker.stop(), 0);
		await is(worker, (w) => w.state === 'offline', 'offline at once');
	});

	test(`${feed}: a held position holds a risk limit, and the console is told what for and since when`, async () => {
		const worker = start(feed, ['--hold']);
		await is(worker, (w) => w.state === 'current', 'current');
		await logged(worker, 'position_held');
		const before = Date.now();
		const version = await save({ CVN_STOP_LOSS_PCT: await other('CVN_STOP_LOSS_PCT', '0.45', '0.55') });
		const status = await is(worker, (w) => w.waiting_for === 'position_close', 'waiting for the position');
		const since = Date.parse(status.waiting_since); // by the worker's word of how long
		assert.ok(since > before - 1000 && since < Date.now() + 1000, status.waiting_since);
		assert.deepEqual(status.pending, [{ name: 'CVN_STOP_LOSS_PCT', version }]);
		assert.ok(status.applied_version < version);
		assert.equal(await worker.stop(), 0);
	});

	test(`${feed}: what the worker itself rejects is told with its reason, and taken back it is current again`, async () => {
		const worker = start(feed, ['--reject', 'CVN_COOLDOWN']);
		const { config_hash } = await is(worker, (w) => w.state === 'current', 'current');
		const before = (await s.call('viewer', 'GET', `/api/config/${environment}/CVN_COOLDOWN`)).body.value;
		const version = await save({ CVN_COOLDOWN: await other('CVN_COOLDOWN', '80s', '90s') });
		const status = await is(worker, (w) => w.state === 'rejected', 'rejected');
		assert.deepEqual(status.rejected, { version, detail: 'this worker was told to reject CVN_COOLDOWN' });
		assert.equal(status.config_hash, config_hash, 'the last good configuration stays');
		await save({ CVN_COOLDOWN: before });
		await is(worker, (w) => w.state === 'current' && w.applied_version > version, 'current again');
		assert.equal(await worker.stop(), 0);
	});

	test(`${feed}: a stalled cycle holds everything back until it ends`, async () => {
		const worker = start(feed, ['--stall', '4']);
		await logged(worker, 'cycle_stalled');
		const version = await save({ CVN_ENTRY_THRESHOLD: fraction() });
		await is(worker, (w) => w.waiting_for === 'cycle_end' && w.applied_version < version, 'waiting for the cycle');
		await is(worker, (w) => w.applied_version === version, 'applied after the cycle');
		assert.equal(await worker.stop(), 0);
	});

	test(`${feed}: what is kept on disk is the owner's alone`, async () => {
		const directory = mkdtempSync(join(tmpdir(), 'cvn-cache-'));
		try {
			const worker = start(feed, [], { CVN_CACHE_DIR: directory });
			await logged(worker, 'started');
			assert.equal(statSync(join(directory, `${environment}.${worker.id}.cvn`)).mode & 0o7777, 0o600);
			assert.equal(await worker.stop(), 0);
		} finally {
			rmSync(directory, { recursive: true });
		}
	});
}

test('a token that is not one, or of another role, is refused with the reason', async () => {
	for (const [secret, why] of [['nonsense', /401|log in/], [null, /403|role/]]) {
		let value = secret;
		let id;
		if (!value) {
			const reply = await s.call('admin', 'POST', '/api/tokens', { body: { name: 'elsewhere', role: 'worker', environment: 'dev' } });
			({ token: value, id } = reply.body);
		}
		const worker = start('poll', [], { CVN_TOKEN: value });
		assert.equal(await worker.ended, 1);
		assert.match(worker.lines.find((line) => line.event === 'start_failed').detail, why);
		if (id) await s.call('admin', 'DELETE', `/api/tokens/${id}`);
	}
});

test('who answers the watch with "not now" costs no link: what is saved comes by the reports', async () => {
	const http = await import('node:http');
	const statuses = [429, 502, 503, 504, 404];
	let asked = 0;
	const server = http.createServer((_, reply) => reply.writeHead(statuses[asked++ % statuses.length]).end());
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const worker = start('poll', [], { CVN_WATCH_URL: `http://127.0.0.1:${server.address().port}` });
		await eventually(() => asked >= statuses.length, 20000, 'each of the answers');
		assert.deepEqual(worker.lines.filter((line) => line.event === 'link_lost'), []);
		const saved = await s.call('editor', 'POST', `/api/config/${environment}`, {
			headers: { 'If-Match': '*' },
			body: { changes: { CVN_ENTRY_THRESHOLD: '0.37' }, reason: 'a test' },
		});
		assert.equal(saved.status, 200, JSON.stringify(saved.body));
		await eventually(async () => (await worker.status())?.applied_version === saved.body.version, 20000, 'the save');
	} finally {
		server.closeAllConnections();
		server.close();
	}
});

test('a server whose certificate nobody vouches for is not spoken to', async () => {
	const https = await import('node:https');
	const { execFileSync } = await import('node:child_process');
	const directory = mkdtempSync(join(tmpdir(), 'cvn-tls-'));
	const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name));
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert,
		'-days', '1', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
	const { readFileSync } = await import('node:fs');
	let requests = 0;
	const server = https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, reply) => (requests++, reply.end('{}')));
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const worker = start('poll', [], { CVN_URL: `https://127.0.0.1:${server.address().port}`, CVN_WATCH_URL: s.run.notifier });
		assert.equal(await worker.ended, 1);
		assert.match(worker.lines[0].detail, /certificate/i);
		assert.equal(requests, 0);
	} finally {
		server.close();
		rmSync(directory, { recursive: true });
	}
});
