// ./dev run and ./dev stop: what they promise to whoever starts a stack. One stack of its own beside the shared one.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../lib/port.mjs';
import { eventually, request, stack } from '../lib/stack.mjs';

const DEV = fileURLToPath(new URL('../../dev', import.meta.url));
const shared = stack();

// Starts ./dev with words: { child, lines, done } where done gives { status, signal, out, err }.
function dev(...words) {
	const child = spawn(DEV, words, { stdio: ['ignore', 'pipe', 'pipe'] });
	const said = { out: '', err: '' };
	child.stdout.on('data', (text) => (said.out += text));
	child.stderr.on('data', (text) => (said.err += text));
	const done = new Promise((resolve) => child.on('close', (status, signal) => resolve({ status, signal, ...said })));
	return { child, said, done };
}

// A state directory of its own, which the service user can reach.
function freshState() {
	const state = mkdtempSync(join(tmpdir(), 'cvn-dev-test-'));
	chmodSync(state, 0o755);
	return state;
}

// Processes that a stack of this state has left: every service's HOME is the state's directory.
function processesOf(state) {
	return readdirSync('/proc').filter((pid) => {
		try {
			return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${state}`);
		} catch {
			return false; // gone meanwhile, or somebody else's
		}
	});
}

const alive = (pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
const lastLine = (text) => text.trimEnd().split('\n').at(-1);

describe('the shared stack', () => {
	test('run.json says where everything is, and who runs it', async () => {
		const run = JSON.parse(readFileSync(join(shared.state, 'run.json'), 'utf8'));
		assert.deepEqual(Object.keys(run).sort(), ['database', 'notifier', 'pids', 'pushgateway', 'url', 'worker_database']);
		assert.deepEqual(Object.keys(run.pids).sort(),
			['cvn-config-api', 'cvn-config-notifier', 'nginx', 'postgresql', 'supervisor']);
		for (const [name, pid] of Object.entries(run.pids)) assert.ok(alive(pid), `${name} is alive`);
		for (const url of [run.url, run.notifier, run.pushgateway]) assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
		assert.deepEqual(await shared.sql('select current_user as who', run.database), [{ who: 'cvn_owner' }]);
		assert.deepEqual(await shared.sql('select current_user as who', run.worker_database), [{ who: 'cvn_worker' }]);
	});

	test('credentials are random, private, and one for each role', () => {
		const path = join(shared.state, 'credentials.json');
		assert.equal(statSync(path).mode & 0o777, 0o600);
		assert.deepEqual(Object.keys(shared.credentials).sort(), ['admin', 'approver', 'editor', 'viewer']);
		const passwords = Object.values(shared.credentials).map(({ password }) => password);
		assert.equal(new Set(passwords).size, 4);
		for (const password of passwords) assert.ok(password.length >= 20);
	});

	test('every operator logs in, with the role of the same name everywhere', async () => {
		for (const role of Object.keys(shared.credentials)) {
			const { status, body } = await shared.call(role, 'GET', '/api/me');
			assert.equal(status, 200);
			assert.equal(body.login, role);
			assert.deepEqual(body.roles, [{ environment: '*', role }]);
		}
	});

	test('a port in use is one clear line and a failure', async () => {
		const state = freshState();
		const { status, out, err } = await dev('run', '--state', state, '--port', new URL(shared.url).port).done;
		assert.notEqual(status, 0);
		assert.equal(out, '');
		assert.match(err, /^dev: port \d+ is in use[^\n]*\n$/);
		rmSync(state, { recursive: true });
	});

	test('a state that is running already is one clear line and a failure', async () => {
		const { status, out, err } = await dev('run', '--state', shared.state, '--port', await freePort()).done;
		assert.notEqual(status, 0);
		assert.equal(out, '');
		assert.match(err, /^dev: the state [^\n]* is running already[^\n]*\n$/);
	});

	test('words that it does not know are refused', async () => {
		for (const words of [['run', '--prot', '1'], ['run', '--port', '70000'], ['run', '--workers', '-1'], ['fly'], []]) {
			const { status } = await dev(...words).done;
			assert.notEqual(status, 0, words.join(' '));
		}
	});
});

describe('a stack of its own', () => {
	const state = freshState();
	let port;
	before(async () => (port = await freePort()));
	after(async () => {
		await dev('stop', '--state', state).done;
		rmSync(state, { recursive: true, force: true });
	});

	const start = () => dev('run', '--state', state, '--port', port, '--workers', '1');

	async function ready(run) {
		await eventually(() => /^ready: /m.test(run.said.out) || run.child.exitCode !== null, 120000, 'ready');
		assert.equal(lastLine(run.said.out), `ready: http://127.0.0.1:${port}/`, run.said.err);
	}

	async function terminate(run, signal) {
		run.child.kill(signal);
		const { status } = await run.done;
		assert.notEqual(status, 0);
		assert.deepEqual(processesOf(state), []);
	}

	test('SIGTERM in the middle of the start leaves nothing running', async () => {
		const run = start();
		await eventually(() => processesOf(state).length > 0 || run.child.exitCode !== null, 60000, 'the first service');
		await terminate(run, 'SIGTERM');
	});

	test('it runs beside another, restarts what dies, and Ctrl-C leaves nothing running', async () => {
		const run = start();
		await ready(run);
		const own = stack(state);
		const saved = await own.save('editor', 'dev', { CVN_ENTRY_THRESHOLD: '0.123' });
		assert.equal(saved.status, 200, JSON.stringify(saved.body));
		const { body } = await shared.call('viewer', 'GET', '/api/config/dev/CVN_ENTRY_THRESHOLD');
		assert.notEqual(body.value, '0.123', 'two states share nothing');

		for (const name of ['cvn-config-api', 'cvn-config-notifier', 'nginx', 'postgresql']) {
			process.kill(own.run.pids[name], 'SIGKILL');
			await eventually(() => stack(state).run.pids[name] !== own.run.pids[name], 10000, `another ${name}`);
			await eventually(async () => {
				const answers = await Promise.all(['/api/me', '/api/health'].map((path) =>
					own.call('viewer', 'GET', path).catch(() => ({ status: 0 }))));
				return answers.every(({ status }) => status === 200);
			}, 20000, `answers after ${name} died`);
		}
		await terminate(run, 'SIGINT');
		for (const pid of Object.values(stack(state).run.pids)) assert.ok(!alive(pid));
	});

	test('a second start keeps its data; detached, it stops by ./dev stop', async () => {
		const run = dev('run', '--state', state, '--port', port, '--workers', '0', '--detach');
		const { status, out, err } = await run.done;
		assert.equal(status, 0, err);
		assert.equal(lastLine(out), `ready: http://127.0.0.1:${port}/`);
		const own = stack(state);
		const { body } = await own.call('viewer', 'GET', '/api/config/dev/CVN_ENTRY_THRESHOLD');
		assert.equal(body.value, '0.123');
		assert.equal((await request(own.url.replace('127.0.0.1', 'localhost'), 'GET', '/')).status, 200);
		await own.sql("insert into schema_patch (name) values ('9999-of-the-future')");
		assert.equal((await dev('stop', '--state', state).done).status, 0);
		assert.deepEqual(processesOf(state), []);
		assert.equal((await dev('stop', '--state', state).done).status, 0, 'stopping again is no failure');
	});

	test('a state of another schema version is one clear line and a failure', async () => {
		const { status, err } = await start().done;
		assert.notEqual(status, 0);
		assert.match(err, /^[^\n]*9999-of-the-future[^\n]*\n$/);
		assert.deepEqual(processesOf(state), []);
	});
});
