// Goal: who is told to end ends, however many call: those who were received are answered, and nobody is killed for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { eventually, stack } from '../lib/stack.mjs';
import { folder } from '../notifier/alone.mjs';
import { pair, record } from '../security/gate.mjs';

const s = stack();
const CALLERS = 1000; // each a password that is wrong, and takes long to tell: more than could be answered before somebody is killed
const BUSY = 20; // so many are answered before the end is told

// Each is from another address, or most would be refused at once.
function ask(i) {
	const params = {
		REQUEST_METHOD: 'GET', REQUEST_URI: '/api/auth', QUERY_STRING: '', REMOTE_ADDR: `192.0.${i >> 8}.${i & 255}`,
		HTTP_AUTHORIZATION: `Basic ${Buffer.from('not a login:wrong').toString('base64')}`,
	};
	const bytes = Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)));
	return Buffer.concat([record(1, Buffer.of(0, 1, 0, 0, 0, 0, 0, 0)), record(4, bytes), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]);
}

test('a responder that is told to end while callers wait answers those it has received, and ends', { timeout: 60000 }, async (t) => {
	const socket = join(folder(t), 'api.sock');
	const program = spawn(join(s.state, 'programs/cvn-config-api'),
		['--database', 'host=/nowhere', '--socket', socket, '--socket-mode', '0777', '--responders', '1'], { stdio: ['ignore', 'ignore', 'pipe'] });
	let log = '';
	program.stderr.on('data', (part) => (log += part));
	const ended = new Promise((resolve) => program.on('close', resolve));
	t.after(() => program.kill('SIGKILL'));
	await eventually(async () => log.includes('"started"'), 5000, 'the API');

	const replies = Array.from({ length: CALLERS }, (_, i) => new Promise((resolve) => {
		const caller = net.connect(socket);
		let text = '';
		caller.on('connect', () => caller.write(ask(i)));
		caller.on('data', (part) => (text += part.toString('latin1'))).on('error', () => {}).on('close', () => resolve(text));
	}));
	const told = () => log.split('\n').filter((line) => line.includes('"request"')).length;
	await eventually(async () => told() >= BUSY, 20000, 'some to be answered');
	program.kill('SIGTERM');
	assert.equal(await ended, 0);

	const ends = log.split('\n').filter((line) => line.includes('"responder_ended"')).map((line) => JSON.parse(line).status);
	assert.deepEqual(ends, [0], log.slice(-500));
	const texts = (await Promise.all(replies)).filter((text) => text !== '');
	assert.equal(texts.filter((text) => text.includes('Status: 401')).length, told());
	assert.equal(texts.length, told());
	assert.ok(told() < CALLERS, 'there was nobody left who waited');
});
