// Goal: a responder on which many call at once. Who guesses passwords delays those who do not by nothing. Told to end, it ends: those
// who were received are answered, and nobody is killed for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { children } from '../lib/service.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { folder } from '../notifier/alone.mjs';
import { pair, record } from '../security/gate.mjs';

const { sql, state } = stack();
replaysAfterEach(sql);
const CALLERS = 1000; // who guess, which takes long: more than are answered before somebody is killed
const BUSY = 20; // so many are answered before the end is told

// Each is from another address, or most would be refused at once. Nobody by name is one who guesses.
function ask(i, more = { HTTP_AUTHORIZATION: `Basic ${Buffer.from('not a login:wrong').toString('base64')}` }) {
	const params = { REQUEST_METHOD: 'GET', REQUEST_URI: '/api/auth', QUERY_STRING: '', REMOTE_ADDR: `192.0.${i >> 8}.${i & 255}`, ...more };
	const bytes = Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)));
	return Buffer.concat([record(1, Buffer.of(0, 1, 0, 0, 0, 0, 0, 0)), record(4, bytes), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]);
}

// An API with one responder and no database: { program, ended, lines(event), call(bytes) }, where call gives all that is replied.
async function alone(t) {
	const socket = join(folder(t), 'api.sock');
	const program = spawn(join(state, 'programs/cvn-config-api'),
		['--database', 'host=/nowhere', '--socket', socket, '--socket-mode', '0777', '--responders', '1'], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	program.stderr.on('data', (part) => (log += part));
	const ended = new Promise((resolve) => program.on('close', resolve));
	t.after(() => program.kill('SIGKILL'));
	const lines = (event) => log.split('\n').slice(0, -1).map((line) => JSON.parse(line)).filter((line) => line.event === event);
	const call = (bytes, said = () => {}) => new Promise((resolve) => {
		const caller = net.connect(socket);
		let text = '';
		caller.on('connect', () => caller.write(bytes, said));
		caller.on('data', (part) => (text += part.toString('latin1'))).on('error', () => {}).on('close', () => resolve(text));
	});
	await eventually(async () => lines('started').length > 0, 5000, 'the API');
	await call(ask(0, {}));
	return { program, ended, lines, call };
}

test('who guesses passwords is answered behind those who do not, and what is not brief is the last', { timeout: 60000 }, async (t) => {
	const { program, lines, call } = await alone(t);
	const [responder] = children(program.pid);
	process.kill(responder, 'SIGSTOP');
	await eventually(async () => readFileSync(`/proc/${responder}/stat`, 'latin1').includes(') T '), 5000, 'it to stand still');
	const all = [];
	for (const more of [undefined, undefined, {}, undefined, {}, { REQUEST_URI: '/api/me' }])
		await new Promise((said) => all.push(call(ask(all.length + 1, more), said)));
	process.kill(responder, 'SIGCONT');
	for (const text of await Promise.all(all)) assert.match(text, /Status: 401/);
	await eventually(async () => lines('request').length === 1 + all.length, 5000, 'a line each');
	assert.deepEqual(lines('request').slice(1).map(({ address }) => Number(address.split('.').at(-1))), [3, 5, 1, 2, 4, 6]);
});

test('a responder that is told to end while callers wait answers those it has received, and ends', { timeout: 60000 }, async (t) => {
	const { program, ended, lines, call } = await alone(t);
	const replies = Array.from({ length: CALLERS }, (_, i) => call(ask(i)));
	const told = () => lines('request').length - 1;
	await eventually(async () => told() >= BUSY, 20000, 'some to be answered');
	program.kill('SIGTERM');
	assert.equal(await ended, 0);

	assert.deepEqual(lines('responder_ended').map(({ status }) => status), [0]);
	const texts = (await Promise.all(replies)).filter((text) => text !== '');
	assert.equal(texts.filter((text) => text.includes('Status: 401')).length, told());
	assert.equal(texts.length, told());
	assert.ok(told() < CALLERS, 'there was nobody left who waited');
});
