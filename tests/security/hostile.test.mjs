// What is not a request of anybody who means well: bodies, targets, headers and FastCGI records by the thousand. Each is
// refused (4xx, or the connection is closed), no row of any table changes, no process ends, and none grows.
//
// CVN_SEED draws other ones. Nothing else may write meanwhile but the example workers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { digest } from '../lib/digest.mjs';
import { children } from '../lib/service.mjs';
import { session } from '../lib/session.mjs';
import { stack } from '../lib/stack.mjs';
import { pair, record } from './gate.mjs';

const BODIES = 10000;
const TARGETS = 5000;
const HEADERS = 2000;
const STREAMS = 1000;
// Of a process, over the half of a test that follows the first. Sanitizers keep what was freed, on purpose.
const GROWTH_KB = process.env.CVN_SANITIZED ? Infinity : 4096;
const HERE = 'test-hostile';

const s = stack();
const url = new URL(s.url);
const socketPath = join(/host=(\S+)/.exec(s.run.database)[1], 'api.sock');
const routes = JSON.parse(execFileSync(join(process.env.CVN_BIN, 'cvn-config-api'), ['--routes'], { encoding: 'utf8' }));
const admin = `Basic ${Buffer.from(`admin:${s.credentials.admin.password}`).toString('base64')}`;

// -- Chance, the same each time. --

let state = Number(process.env.CVN_SEED ?? 20261123) >>> 0 || 1;
function draw(below) {
	state ^= state << 13;
	state ^= state >>> 17;
	state ^= state << 5;
	state >>>= 0;
	return state % below;
}
const pick = (choices) => choices[draw(choices.length)];
const many = (most, make) => Array.from({ length: draw(most + 1) }, make);
const noise = (most) => Buffer.from(many(most, () => draw(256)));

// -- What is watched. --

let database;
before(async () => {
	database = await session(s.run.database);
	await s.sql(`select environment_create('${HERE}', null, 'admin', 'for tests', null) where not exists (select from active_config where environment = '${HERE}')`);
});
after(() => database.end());

// Every process of ours, by pid. { pid: kB of memory }
function processes() {
	const { pids } = s.run;
	const all = ['cvn-config-api', 'cvn-config-notifier', 'nginx'].flatMap((name) => [pids[name], ...children(pids[name])]);
	return Object.fromEntries(all.map((pid) => [pid, Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1])]));
}

// Runs the items through `attempt`, sixteen at a time, and afterwards everything is as it was: rows, processes, memory.
async function storm(count, make, attempt) {
	const rows = await digest(database, HERE);
	const first = Object.keys(processes());
	const half = async () => {
		let left = count / 2;
		await Promise.all(Array.from({ length: 16 }, async () => {
			while (left-- > 0) await attempt(make());
		}));
	};
	await half();
	const warm = processes();
	await half();
	const last = processes();
	assert.deepEqual(Object.keys(last), first, 'a process has ended');
	for (const pid of first) assert.ok(last[pid] - warm[pid] < GROWTH_KB, `process ${pid} has grown from ${warm[pid]} to ${last[pid]} kB`);
	assert.equal(await digest(database, HERE), rows, 'a table has changed');
	assert.equal((await s.call('viewer', 'GET', '/api/me')).status, 200);
}

// -- Bodies: each is wrong by how it is made. --

const NASTY = ["'; drop table config_history; --", '\u202e', '{{7*7}}', '$(id)', '../../etc/passwd', '<script>alert(1)</script>', '%00', '%s%n', 'NaN', '1e999', '-0', 'ﬀ', 'İ', '\ufeff', 'a'.repeat(70000),
	'__proto__', 'constructor', '\r\nX: y', '\u0000', '\u001b[2J', '9'.repeat(400), 'null', '[]', '0x10', ' '];
const NAMES = ['login', 'password', 'changes', 'reason', 'value', 'environment', 'submit', 'values', 'from', 'names', 'content_hash', 'comment', 'role', 'roles', 'expires_at', 'kind', 'factors', 'code_version', 'status',
	'run_id', 'starts_at', 'ends_at', 'weekly', 'type', 'category', 'expression', 'message', 'version', 'critical', 'approved_by', 'changed_by', '__proto__', 'dry_run'];

function json(depth) {
	const plain = [() => pick(NASTY), () => draw(1e9), () => -draw(1e9) / 7, () => pick([true, false, null]), () => '', () => 9007199254740993];
	const nested = [() => many(4, () => json(depth - 1)), () => Object.fromEntries(many(4, () => [pick([...NAMES, ...NASTY]), json(depth - 1)]))];
	return pick(depth > 0 ? [...plain, ...nested, ...nested] : plain)();
}

const object = () => ({ ...Object.fromEntries(many(5, () => [pick(NAMES), json(3)])), [`no_such_member_${draw(1000)}`]: json(2) });
const spoil = (text) => {
	const at = draw(text.length + 1);
	return Buffer.concat([Buffer.from(text.slice(0, at)), pick([Buffer.of(0xff), Buffer.of(0), Buffer.from('\u0001'), Buffer.of(0xc0, 0x80), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('{'), Buffer.from(']'), Buffer.from("'")]),
		Buffer.from(text.slice(at))]);
};
// A bracket or quote within a string would do no harm there, so what is spoiled ends too early as well.
const KINDS = [
	() => JSON.stringify(object()), () => JSON.stringify([object()]), () => JSON.stringify(json(0)), () => spoil(JSON.stringify(object()).slice(0, -1)), () => JSON.stringify(object()).slice(0, -1 - draw(20)),
	() => `{"reason":"r","reason":${JSON.stringify(json(1))},"x":1}`, () => '['.repeat(33 + draw(3000)), () => `{"x":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`, () => Buffer.concat([noise(300), Buffer.of(0xff)]),
	() => `{"no_such_member":"${'\\u0000'.repeat(draw(9) + 1)}"}`, () => `\ufeff${JSON.stringify(object())}`, () => `${JSON.stringify(object())}${pick([',', '{}', '\0', 'x'])}`, () => 'a'.repeat(1 + draw(200000)),
];
const arguments_ = { '{env}': [HERE, 'test-none', '%00', '..'], '{key}': ['CVN_COOLDOWN', 'CVN_NO_SUCH', 'cvn', '%ff'], '{id}': ['1', '0', '-1', '99999999999999999999', 'stop-below-target', 'viewer', "'"], '{other}': [HERE], '{hash}': ['0'.repeat(64), 'x'], '{a}': ['x'], '{b}': ['x'] };
const written = routes.filter(({ takes_body }) => takes_body);
const place = (route) => `/api/${route.pattern.replaceAll(/\{\w+\}/g, (placeholder) => pick(arguments_[placeholder] ?? ['x']))}`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
after(() => agent.destroy());

function send({ method, path, body, headers = {} }) {
	return new Promise((resolve, reject) => {
		const all = { Authorization: admin, 'If-Match': '*', 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), ...headers };
		const sent = http.request({ host: url.hostname, port: url.port, method, path, headers: all, agent }, (reply) => {
			let text = '';
			reply.setEncoding('utf8').on('data', (part) => (text += part));
			reply.on('end', () => resolve({ status: reply.statusCode, type: reply.headers['content-type'], text }));
		});
		sent.on('error', (error) => (['ECONNRESET', 'EPIPE'].includes(error.code) ? resolve(null) : reject(error)));
		sent.end(body);
	});
}

function refused(reply, what) {
	if (reply === null) return;
	assert.ok(reply.status >= 400 && reply.status < 500, `${reply.status} to ${what()}: ${reply.text.slice(0, 300)}`);
	assert.match(reply.type ?? '', /^application\/problem\+json/, what());
	assert.equal(JSON.parse(reply.text).status, reply.status);
}

test(`${BODIES} bodies are refused`, () =>
	storm(BODIES, () => {
		const route = pick(written);
		return { method: route.method, path: place(route), body: pick(KINDS)() };
	}, async (request) => refused(await send(request), () => `${request.method} ${request.path} ${JSON.stringify(String(request.body).slice(0, 300))}`)));

// -- Targets and headers, byte by byte. --

// { status, type, text } or null where there was no answer.
function raw(bytes) {
	return new Promise((resolve) => {
		const parts = [];
		const socket = net.connect(Number(url.port), url.hostname, () => socket.end(bytes));
		socket.on('data', (part) => parts.push(part));
		socket.on('error', () => {});
		socket.setTimeout(20000, () => socket.destroy());
		socket.on('close', () => {
			const text = Buffer.concat(parts).toString('latin1').replace(/^(HTTP\/1\.1 100 [^\r]*\r\n\r\n)+/, ''); // go on, which is no answer
			const head = text.slice(0, text.indexOf('\r\n\r\n'));
			const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
			resolve(status ? { status, type: /^content-type: *(.*)$/im.exec(head)?.[1], text: text.slice(head.length + 4) } : null);
		});
	});
}

const TRICKS = ['%00', '%0d%0aSet-Cookie:a=b', '%2f', '%2e%2e/', '..%2f', '%252e', '%c0%af', '%e0%80%af', '\\', ';', ';a=b', '//', '/./', '/../', '%', '%g1', '%1', '\x01', '\x7f', '\xff', '\xc3\xa9', '%ff', '%ed%a0%80', '#', '|', '^', '"', '<', '{', '`', ' ', '\t', '*', "'", '%27',
	'?', '?a', '?a=1&a=2', '?%00=1', '?=', '?a=%zz', '&', '+', '~', 'a'.repeat(300), '/a'.repeat(12)];
const PLACES = ['/api/config/', `/api/config/${HERE}`, '/api/me', '/api/history', '/api/operators', '/api/changes/1', '/api/', '/api', '/API/me', '/Api', '/auth', '/api/auth', '/malformed', '/%61pi/me', '//api/me', '/./api/me', '/x/../api/me', 'http://127.0.0.1/api/me', 'http://evil.test/api/me'];

test(`${TARGETS} targets are refused`, () =>
	storm(TARGETS, () => {
		const target = [pick(PLACES), ...many(3, () => pick(TRICKS)), pick([...TRICKS, noise(12).toString('latin1')])].join('');
		const method = pick(['POST', 'PUT', 'PATCH', 'DELETE', 'FOO', 'CONNECT', 'TRACE', 'OPTIONS', 'PROPFIND']);
		return Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: ${admin}\r\nIf-Match: *\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, 'latin1');
	}, async (bytes) => {
		const reply = await raw(bytes);
		assert.ok(reply === null || (reply.status >= 400 && reply.status < 500), `${reply?.status} to ${JSON.stringify(bytes.toString('latin1'))}`);
	}));

const ODD = ['Content-Length: 3', 'Content-Length: -1', 'Content-Length: 99999999999999999999', 'Content-Length: 1, 1', 'Content-Length: +1', 'Content-Length:', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, identity',
	'Transfer-Encoding: xchunked', 'Transfer-Encoding : chunked', 'Transfer-Encoding:\tchunked', ' Folded: yes', 'Host: 127.0.0.1', 'Host: evil.test', 'Host:', 'Expect: 100-continue', 'Expect: 999', 'Upgrade: h2c', 'Connection: close, Content-Length', 'If-Match: "1"', 'If-Match: W/"*"',
	'If-None-Match: "1"', 'Authorization: Basic Og==', 'Authorization: Bearer x', 'Authorization:', 'Cookie: cvn_session=x', 'Cookie: cvn_session', 'Content-Type: application/json', 'Content-Type: text/plain', 'Content-Encoding: gzip', 'Range: bytes=0-', 'X-Request-Id: \x01', 'X-Cvn-Login: admin',
	'X-HTTP-Method-Override: GET', 'Proxy: http://evil.test', 'X\x00: y', 'X: \x00', 'X: \x0b', ': empty', 'No colon', `Long: ${'a'.repeat(20000)}`, 'Origin: null', 'Sec-Fetch-Site: cross-site', 'Accept: \xff\xfe', 'Last-Event-ID: \x7f'];

test(`${HEADERS} sets of headers are refused`, () =>
	storm(HEADERS, () => {
		const headers = [...many(4, () => pick(ODD)), ...many(2, () => `X-${draw(1000)}: ${noise(20).toString('latin1').replace(/[\r\n]/g, '')}`), pick(ODD)];
		const body = pick(['', 'abc', '0\r\n\r\n', '3\r\nabc\r\n0\r\n\r\n', '{"x":1}', 'GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', noise(40).toString('latin1')]);
		return Buffer.from(`${pick(['POST', 'PUT', 'DELETE'])} ${pick(['/api/config/test-none', '/api/changes/0/approve', '/api/no-such'])} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers.join(pick(['\r\n', '\r\n', '\r\n', '\n']))}\r\nConnection: close\r\n\r\n${body}`, 'latin1');
	}, async (bytes) => {
		const reply = await raw(bytes);
		assert.ok(reply === null || (reply.status >= 400 && reply.status < 500), `${reply?.status} to ${JSON.stringify(bytes.toString('latin1').slice(0, 600))}`);
	}));

// -- Records, past the gate: what nginx would never send. --

function reachable() {
	return new Promise((resolve) => {
		const socket = net.connect(socketPath, () => (socket.destroy(), resolve(true)));
		socket.on('error', () => resolve(false));
	});
}

function stream() {
	const begin = record(1, pick([Buffer.of(0, 1, 0, 0, 0, 0, 0, 0), Buffer.of(0, 2, 1, 0, 0, 0, 0, 0), noise(12)]));
	const params = Buffer.concat([pair('REQUEST_METHOD', pick(['POST', 'PUT', 'X'])), pair('REQUEST_URI', pick(['/api/session', '/api/config/test-none', '/', ''])), pair('CONTENT_TYPE', 'application/json'),
		pair('CONTENT_LENGTH', pick(['2', '900', '-1', 'x'])), ...many(3, () => pair(noise(8).toString('latin1'), noise(20).toString('latin1')))]);
	const parts = [begin, record(4, pick([params, params.subarray(0, draw(params.length))])), record(4, Buffer.alloc(0)), record(5, Buffer.from(pick(['{}', '{', 'x'.repeat(draw(900))]))), record(5, Buffer.alloc(0))];
	const other = () => pick([record(2, noise(4)), record(9, pair('FCGI_MAX_CONNS', ''), 0), record(11, noise(8)), record(draw(256), noise(30)), record(4, Buffer.alloc(0), 7), noise(40).map((byte) => byte & 0x7f)]);
	for (const extra of many(2, other)) parts.splice(draw(parts.length + 1), 0, extra);
	const whole = Buffer.concat(parts);
	return pick([whole, whole.subarray(0, draw(whole.length)), whole]);
}

test(`${STREAMS} streams of FastCGI records are refused`, async (t) => {
	if (!(await reachable())) return t.skip(`${socketPath} is not ours to open`);
	await storm(STREAMS, stream, (bytes) => new Promise((resolve, reject) => {
		const parts = [];
		const socket = net.connect(socketPath, () => socket.end(bytes));
		socket.on('data', (part) => parts.push(part));
		socket.on('error', () => {});
		socket.on('close', () => {
			const status = /Status: (\d{3})/.exec(Buffer.concat(parts).toString('latin1'))?.[1];
			if (status === undefined || status.startsWith('4')) resolve();
			else reject(new Error(`${status} to ${bytes.toString('hex')}`));
		});
	}));
});
