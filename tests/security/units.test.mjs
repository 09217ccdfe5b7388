// The units of deploy/systemd: how much they leave open, whether our processes live within it, and where their secrets are.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { freePort } from '../lib/port.mjs';
import { children } from '../lib/service.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { pair, record } from './gate.mjs';

const FOLDER = fileURLToPath(new URL('../../deploy/systemd/', import.meta.url));
const UNITS = readdirSync(FOLDER).filter((name) => name.endsWith('.service'));
const MOST = 1.5;
const s = stack();
const SECRET = 'a-secret-of-the-test-7f3a9c';

// The settings of a unit, in order: [[name, value], ...], with continued lines joined.
const settings = (unit) => readFileSync(join(FOLDER, unit), 'utf8').replaceAll('\\\n', ' ').split('\n')
	.map((line) => /^(\w+)=(.*)$/.exec(line)).filter(Boolean).map(([, name, value]) => [name, value.trim()]);
const values = (unit, name) => settings(unit).filter(([key]) => key === name).map(([, value]) => value);

const missing = (program) => {
	try {
		execFileSync(program, ['--version'], { stdio: 'ignore' });
		return false;
	} catch {
		return `${program} is not installed`;
	}
};
const noSystemd = missing('systemd-analyze');
const noStrace = missing('strace');

for (const unit of UNITS)
	test(`${unit} leaves at most ${MOST} of 10 open`, { skip: noSystemd }, () => {
		const told = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(FOLDER, unit)], { encoding: 'utf8' });
		const score = Number(/Overall exposure level[^:]*: ([\d.]+)/.exec(told)[1]);
		assert.ok(score <= MOST, `${score}\n${told}`);
	});

for (const unit of UNITS)
	test(`${unit} takes its secret from a credential, and says none`, () => {
		const words = [...values(unit, 'ExecStart'), ...values(unit, 'Environment')].join(' ');
		assert.match(words, /passfile=%d\/pgpass/);
		assert.equal(values(unit, 'LoadCredential').length, 1);
		assert.doesNotMatch(words, /password|token|secret/i);
	});

for (const unit of ['cvn-config-api.service', 'cvn-config-notifier.service'])
	test(`${unit} calls its program as it wants to be called`, () => {
		const [, program, rest] = /^\/usr\/bin\/(\S+) (.*)$/.exec(values(unit, 'ExecStart')[0]);
		const help = execFileSync(join(process.env.CVN_BIN, program), ['--help'], { encoding: 'utf8' });
		for (const [flag] of rest.matchAll(/--[a-z-]+/g)) assert.ok(help.includes(`${flag} `), `${program} has no ${flag}`);
	});

// -- System calls, as strace sees them, against the filters of the units. --

function groups() {
	const found = {};
	let members;
	for (const line of execFileSync('systemd-analyze', ['syscall-filter', '--no-pager'], { encoding: 'utf8' }).split('\n')) {
		if (/^@[\w-]+$/.test(line)) members = found[line] = [];
		else if (/^ +[@\w]/.test(line)) members?.push(line.trim());
		else if (/^#/.test(line)) members = undefined;
	}
	return found;
}

function allowed(unit) {
	const all = groups();
	const expand = (word) => (word.startsWith('@') ? all[word].flatMap(expand) : [word]);
	const may = new Set();
	for (const words of values(unit, 'SystemCallFilter')) {
		const names = words.replace(/^~/, '').split(' ').flatMap(expand);
		for (const name of names) words.startsWith('~') ? may.delete(name) : may.add(name);
	}
	return may;
}

const folder = mkdtempSync(join(tmpdir(), 'cvn-units-'));
const passfile = join(folder, 'pgpass');
writeFileSync(passfile, `*:*:*:*:${SECRET}\n`, { mode: 0o600 });
after(() => rmSync(folder, { recursive: true, force: true }));

// The program among the children of strace, which has others before it, to try out what the kernel can do.
function programOf(strace, path) {
	return children(strace).find((pid) => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0] === path;
		} catch {
			return false; // gone meanwhile
		}
	});
}

// Runs a program under strace while body(pid) goes on, and ends it by SIGTERM: { trace, log, argv, environment }.
async function traced(name, role, words, body) {
	const trace = join(folder, `${name}.strace`);
	const database = `${s.run.database.replace(/user=\S+/, `user=${role}`)} passfile=${passfile}`;
	const program = join(process.env.CVN_BIN, name);
	const child = spawn('strace', ['-f', '-qq', '-o', trace, program, '--database', database, ...words], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, ASAN_OPTIONS: 'detect_leaks=0' } });
	let log = '';
	child.stderr.on('data', (text) => (log += text));
	const ended = new Promise((resolve) => child.on('close', resolve));
	const pid = await eventually(() => programOf(child.pid, program), 10000, `${name}: ${log}`);
	const facts = {};
	try {
		await body(pid);
		const all = [pid, ...children(pid)];
		facts.argv = all.map((p) => readFileSync(`/proc/${p}/cmdline`, 'latin1')).join('\n');
		facts.environment = all.map((p) => readFileSync(`/proc/${p}/environ`, 'latin1')).join('\n');
	} finally {
		process.kill(pid, 'SIGTERM');
		await ended;
	}
	return { trace: readFileSync(trace, 'latin1'), log, ...facts };
}

const answers = (path) => new Promise((resolve) => {
	const socket = net.connect(path, () => (socket.destroy(), resolve(true)));
	socket.on('error', () => resolve(false));
});

// One request of a gate; the text of the reply.
const ask = (path, params, body = '') => new Promise((resolve, reject) => {
	const all = { REQUEST_METHOD: 'GET', REQUEST_URI: '/api/me', REMOTE_ADDR: '127.0.0.9', ...params };
	const socket = net.connect(path, () => socket.write(Buffer.concat([record(1, Buffer.of(0, 1, 0, 0, 0, 0, 0, 0)), record(4, Buffer.concat(Object.entries(all).map(([name, value]) => pair(name, value)))),
		record(4, Buffer.alloc(0)), ...(body ? [record(5, Buffer.from(body))] : []), record(5, Buffer.alloc(0))])));
	let text = '';
	socket.on('data', (part) => (text += part.toString('latin1')));
	socket.on('error', reject);
	socket.on('close', () => resolve(text));
});

const seen = {};
before(async () => {
	if (noStrace) return;
	const api = join(folder, 'api.sock');
	seen['cvn-config-api.service'] = await traced('cvn-config-api', 'cvn_api', ['--socket', api, '--stats', join(folder, 'stats'), '--responders', '2'], async () => {
		await eventually(() => answers(api), 10000, 'the socket of the API');
		const login = JSON.stringify({ login: 'viewer', password: s.credentials.viewer.password });
		const made = await ask(api, { REQUEST_METHOD: 'POST', REQUEST_URI: '/api/session', CONTENT_TYPE: 'application/json', CONTENT_LENGTH: String(login.length) }, login);
		assert.match(made, /Status: 200/);
		const cookie = /cvn_session=([^;]+)/.exec(made)[0];
		for (const uri of ['/api/me', '/api/config/dev', '/api/history?limit=2', '/api/catalog', '/api/no-such']) assert.match(await ask(api, { REQUEST_URI: uri, HTTP_COOKIE: cookie }), /Status: (200|404)/);
		assert.match(await ask(api, { HTTP_COOKIE: cookie, REQUEST_METHOD: 'DELETE', REQUEST_URI: '/api/session' }), /Status: 204/);
	});
	const port = await freePort();
	seen['cvn-config-notifier.service'] = await traced('cvn-config-notifier', 'cvn_notifier', ['--socket', join(folder, 'notifier.sock'), '--port', port, '--pushgateway', s.run.pushgateway], async () => {
		await eventually(async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => ({}))).status === 200, 10000, 'the notifier');
		for (const path of ['/metrics', '/livez', '/api/events', '/api/health']) assert.ok((await fetch(`http://127.0.0.1:${port}${path}`)).status < 500);
	});
});

for (const unit of ['cvn-config-api.service', 'cvn-config-notifier.service']) {
	test(`${unit}: no system call that its filter forbids, from start to stop`, { skip: noSystemd || noStrace }, () => {
		const may = allowed(unit);
		const calls = new Set([...seen[unit].trace.matchAll(/^\d+ +(?:<\.\.\. )?([a-z_0-9]+)[( ]/gm)].map(([, name]) => name).filter((name) => name !== 'resumed'));
		assert.ok(calls.size > 20 && may.size > 200, `${calls.size} calls, ${may.size} allowed`);
		assert.deepEqual([...calls].filter((name) => !may.has(name)), []);
		assert.ok(!may.has('ptrace') && !may.has('mount') && !may.has('bpf') && !may.has('setuid'));
	});

	test(`${unit}: no family of sockets that it forbids, no memory that is written and executed`, { skip: noStrace }, () => {
		const families = values(unit, 'RestrictAddressFamilies')[0].split(' ');
		const opened = new Set([...seen[unit].trace.matchAll(/ socket(?:pair)?\((AF_\w+)/g)].map(([, name]) => name));
		assert.ok(opened.size > 0);
		for (const family of opened) assert.ok(families.includes(family), family);
		assert.doesNotMatch(seen[unit].trace, /(mmap|mprotect)\([^)]*PROT_WRITE\|PROT_EXEC/);
	});

	test(`${unit}: the secret is in no command line, environment or log`, { skip: noStrace }, () => {
		const { argv, environment, log, trace } = seen[unit];
		assert.ok(trace.includes(passfile), 'the file of the secret is read');
		assert.ok(log.length > 0 && argv.includes('passfile='));
		for (const text of [argv, environment, log]) assert.ok(!text.includes(SECRET));
		assert.ok(!log.includes(s.credentials.viewer.password), 'nor a password of an operator');
	});
}

test('the sockets are of mode 0660', () => {
	const run = /host=(\S+)/.exec(s.run.database)[1];
	for (const name of ['api.sock', 'notifier.sock']) {
		const mode = execFileSync('stat', ['-c', '%a', join(run, name)], { encoding: 'utf8' }).trim();
		assert.equal(mode, '660', name);
	}
});
