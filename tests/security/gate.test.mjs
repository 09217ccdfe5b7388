// A host's gate (deploy/nginx): TLS, names, headers, limits, and what reaches a responder.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';

import { stack } from '../lib/stack.mjs';
import { NAME, playResponder, startGate } from './gate.mjs';

const s = stack();
const run = /host=(\S+)/.exec(s.run.database)[1];
let gate;

before(async () => {
	const web = [join(s.state, 'web'), join(s.state, 'home', 'web'), join(dirname(run), 'web')].find((path) => existsSync(path));
	gate = await startGate({ api: [join(run, 'api.sock')], notifier: join(run, 'notifier.sock'), web });
});
after(() => gate.stop());

function authorization(role) {
	return role ? { Authorization: `Basic ${Buffer.from(`${role}:${s.credentials[role].password}`).toString('base64')}` } : {};
}

// One request over TLS: { status, headers, body }.
function ask(method, path, { headers = {}, body, through = gate, role = null, agent = false, from = '127.0.0.1' } = {}) {
	return new Promise((resolve, reject) => {
		const bytes = body === undefined ? null : Buffer.from(body);
		const all = { Host: NAME, ...authorization(role), ...(bytes ? { 'Content-Type': 'application/json', 'Content-Length': bytes.length } : {}), ...headers };
		const sent = https.request({ host: '127.0.0.1', port: through.tls, servername: NAME, ca: through.ca, method, path, headers: all, agent, localAddress: from }, (reply) => {
			let text = '';
			reply.setEncoding('utf8').on('data', (part) => (text += part));
			reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: text }));
		});
		sent.on('error', reject);
		sent.end(bytes ?? undefined);
	});
}

const handshake = (options) => new Promise((resolve, reject) => {
	const socket = tls.connect({ host: '127.0.0.1', port: gate.tls, ca: gate.ca, ALPNProtocols: ['h2', 'http/1.1'], ...options }, () => {
		resolve({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol, cipher: socket.getCipher().name });
		socket.destroy();
	});
	socket.on('error', reject);
});

test('TLS 1.2 and 1.3 are spoken, each with forward secrecy, and HTTP/2 over them', async () => {
	for (const version of ['TLSv1.2', 'TLSv1.3']) {
		const { protocol, alpn, cipher } = await handshake({ servername: NAME, minVersion: version, maxVersion: version });
		assert.deepEqual([protocol, alpn], [version, 'h2']);
		assert.match(cipher, /^(ECDHE|TLS_)/);
	}
});

test('older versions, ciphers without forward secrecy, other names and none get no handshake', async () => {
	const rows = [{ servername: NAME, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
		{ servername: NAME, maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256:AES256-SHA' }, { servername: 'evil.test', rejectUnauthorized: false },
		{ servername: `${NAME}.evil.test`, rejectUnauthorized: false }, { servername: '', rejectUnauthorized: false }];
	for (const row of rows) await assert.rejects(handshake(row), /alert|ECONNRESET|disconnected/, JSON.stringify(row));
});

test('a Host that is not the name of the handshake gets no answer', async () => {
	await assert.rejects(ask('GET', '/api/health', { headers: { Host: 'evil.test' } }));
	await assert.rejects(ask('GET', 'https://evil.test/api/health'));
});

test('over HTTP/2 the API answers', async () => {
	const client = http2.connect(`https://127.0.0.1:${gate.tls}`, { ca: gate.ca, servername: NAME });
	const reply = await new Promise((resolve, reject) => {
		client.on('error', reject);
		const sent = client.request({ ':path': '/api/health', ':authority': NAME });
		sent.on('response', resolve).on('error', reject);
		sent.resume();
	});
	client.close();
	assert.equal(reply[':status'], 200);
});

const plain = (path, host) => new Promise((resolve, reject) => {
	http.get({ host: '127.0.0.1', port: gate.plain, path, headers: { Host: host }, agent: false }, (reply) => {
		reply.resume();
		reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers }));
	}).on('error', reject);
});

const HEADERS = {
	'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin', 'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

function armoured(reply, what, { secure = true } = {}) {
	for (const [name, value] of Object.entries(HEADERS)) assert.equal(reply.headers[name], value, `${what}: ${name}`);
	for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'", "require-trusted-types-for 'script'"])
		assert.ok(reply.headers['content-security-policy'].split('; ').includes(part), `${what}: ${part}`);
	assert.doesNotMatch(reply.headers['content-security-policy'], /unsafe-inline|'unsafe-eval'|\*/, what);
	assert.equal(reply.headers['strict-transport-security'], secure ? 'max-age=63072000; includeSubDomains' : undefined, what);
	assert.equal(reply.headers.server, 'nginx', `${what}: no version is told`);
	assert.equal(reply.headers['access-control-allow-origin'], undefined, what);
}

test('plain HTTP leads to TLS, for our name only', async () => {
	const reply = await plain('/config/paper?x=1', NAME);
	assert.deepEqual([reply.status, reply.headers.location], [308, `https://${NAME}/config/paper?x=1`]);
	armoured(reply, 'the redirect', { secure: false });
	await assert.rejects(plain('/', 'evil.test'));
});

// At least one row a location and one a status; [role, method, path, status, options].
const big = Buffer.alloc(1200000, 0x20);
const ROWS = [
	[null, 'GET', '/', 200], [null, 'GET', '/config/paper', 200], [null, 'POST', '/', 405], [null, 'GET', '/nowhere.js', 404], [null, 'GET', '/.git/config', 404], [null, 'GET', '/metrics', 404],
	[null, 'TRACE', '/', 405], [null, 'GET', '/api', 404], [null, 'GET', '/api/me', 401], [null, 'GET', '/api/%zz', 400], [null, 'GET', `/api/${'a'.repeat(20000)}`, 400],
	[null, 'GET', '/api/health', 200], ['viewer', 'GET', '/api/me', 200], ['viewer', 'GET', '/api/workers', 200], ['viewer', 'POST', '/api/workers/w/report', 403, { body: '{"environment":"dev","state":"current","applied_version":1}' }], ['viewer', 'GET', '/api/nothing', 404], ['viewer', 'DELETE', '/api/me', 405],
	['viewer', 'POST', '/api/config/dev/CVN_COOLDOWN', 403, { body: '{}', headers: { 'If-Match': '*' } }], ['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 428, { body: '{"value":"80s","reason":"r"}' }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 412, { body: '{"value":"80s","reason":"r"}', headers: { 'If-Match': '"0"' } }], ['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 415, { body: 'a', headers: { 'Content-Type': 'text/plain', 'If-Match': '*' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 400, { body: '{', headers: { 'If-Match': '*' } }], ['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 422, { body: '{"value":"x","reason":"r"}', headers: { 'If-Match': '*' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 413, { body: big, headers: { 'If-Match': '*' } }], ['viewer', 'GET', '/api/events?environment=paper', 200], [null, 'GET', '/api/events', 401], [null, 'GET', '/api/watch/paper', 401],
	['viewer', 'POST', '/api/session', 403, { body: '{}', headers: { Origin: 'https://evil.test' } }],
];

for (const [role, method, path, status, options] of ROWS)
	test(`${method} ${path.slice(0, 50)} as ${role ?? 'nobody'} over TLS: ${status}, with every header`, async () => {
		const reply = await ask(method, path, { role, ...options });
		assert.equal(reply.status, status, reply.body.slice(0, 300));
		armoured(reply, path);
		if (path.startsWith('/api')) assert.equal(reply.headers['cache-control'], 'no-store');
		if (path.startsWith('/api') && status >= 400) assert.match(reply.headers['content-type'], /^application\/problem\+json/);
	});

test('304 has the headers too', async () => {
	const { headers: { etag } } = await ask('GET', '/api/config/dev', { role: 'viewer' });
	const reply = await ask('GET', '/api/config/dev', { role: 'viewer', headers: { 'If-None-Match': etag } });
	assert.equal(reply.status, 304);
	armoured(reply, '304');
});

// -- Responders of the test's own. --

const REPLY = 'Status: 200 OK\r\nContent-Type: application/json\r\n\r\n{}';
const MINE = ['CONTENT_LENGTH', 'CONTENT_TYPE', 'GATEWAY_INTERFACE', 'HTTPS', 'QUERY_STRING', 'REMOTE_ADDR', 'REQUEST_ID', 'REQUEST_METHOD', 'REQUEST_URI', 'SERVER_PROTOCOL'];

// With responders that a test plays behind a gate of their own: body({ gate, responders }). park(request) hears who waits.
async function played(handles, body, { otherwise, park = (_, reply) => reply.end() } = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'cvn-played-'));
	const paths = handles.map((_, i) => join(folder, `${i}.sock`));
	const responders = [];
	for (const [i, handle] of handles.entries()) responders.push(await playResponder(paths[i], handle));
	const notifier = http.createServer(park).listen(join(folder, 'notifier.sock'));
	await new Promise((resolve) => notifier.on('listening', resolve));
	const own = await startGate({ api: paths, notifier: join(folder, 'notifier.sock'), web: folder, otherwise });
	try {
		await body({ gate: own, responders });
	} finally {
		await own.stop();
		for (const responder of responders) await responder.close();
		await new Promise((resolve) => notifier.close(resolve));
		rmSync(folder, { recursive: true });
	}
}

test('a responder hears the parameters of our list, each once, and headers; nobody says who they are by a header', () =>
	played([() => REPLY], async ({ gate: own, responders: [responder] }) => {
		const spoofed = { Proxy: 'http://evil.test', 'Remote-User': 'admin', 'Remote-Addr': '6.6.6.6', 'X-Forwarded-For': '6.6.6.6', REMOTE_USER: 'admin', REMOTE_ADDR: '6.6.6.6', 'X-Cvn-Login': 'admin', 'X-Request-Id': 'mine' };
		assert.equal((await ask('POST', '/api/x?y=1', { through: own, body: '{}', headers: spoofed })).status, 200);
		const [params] = responder.requests;
		const names = params.map(([name]) => name);
		assert.deepEqual(names.filter((name) => !name.startsWith('HTTP_')).sort(), MINE);
		assert.equal(new Set(names).size, names.length, 'none is there twice');
		const value = Object.fromEntries(params);
		assert.deepEqual([value.REMOTE_ADDR, value.HTTP_PROXY, value.HTTPS, value.REQUEST_URI, value.REQUEST_ID], ['127.0.0.1', undefined, 'on', '/api/x?y=1', 'mine']);
	}));

test('a write that a responder has heard is never given to another one, whatever became of it', () =>
	played([() => null, () => null], async ({ gate: own, responders }) => {
		let n = 0;
		for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
			for (let i = 0; i < 4; i++) {
				const reply = await ask(method, '/api/x', { through: own, body: '{}' });
				assert.equal(reply.status, 503);
				assert.equal(JSON.parse(reply.body).code, 'unavailable');
				armoured(reply, '503');
				assert.equal(responders[0].requests.length + responders[1].requests.length, ++n, `${method} was heard once`);
			}
		}
		assert.ok(responders.every(({ requests }) => requests.length > 0), 'both were there to be asked');
	}));

test('an address that asks too much gets 429 in the form of the API, and is let in again', () =>
	played([() => REPLY], async ({ gate: own }) => {
		const agent = new https.Agent({ keepAlive: true, maxSockets: 50 });
		const replies = await Promise.all(Array.from({ length: 600 }, () => ask('GET', '/api/x', { through: own, agent })));
		const refused = replies.filter(({ status }) => status === 429);
		assert.ok(refused.length > 0, 'nobody was refused');
		assert.ok(replies.filter(({ status }) => status === 200).length >= 200, 'a burst is served');
		const { headers, body } = refused[0];
		assert.match(headers['content-type'], /^application\/problem\+json/);
		assert.deepEqual([JSON.parse(body).code, headers['retry-after'], headers['cache-control']], ['too_many_requests', '1', 'no-store']);
		armoured(refused[0], '429');
		for (const end = Date.now() + 5000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
			if ((await ask('GET', '/api/x', { through: own, agent })).status === 200) break;
			assert.ok(Date.now() < end, 'it is not let in again');
		}
		agent.destroy();
	}));

const statuses = (replies) => [...new Set(replies.map(({ status }) => status))].sort();
const several = (n, ...args) => Promise.all(Array.from({ length: n }, () => ask(...args)));

test('an address that comes back too often is refused where one waits, and another address is not', () =>
	played([() => REPLY], async ({ gate: own }) => {
		assert.deepEqual(statuses(await several(60, 'GET', '/api/events', { through: own, from: '127.0.0.2' })), [200, 429]);
		for (const path of ['/api/events', '/api/watch/paper'])
			assert.deepEqual(statuses(await several(5, 'GET', path, { through: own })), [200], path);
	}, { otherwise: { 'http.conf': [[/(zone=cvn_waiting_address\S+) rate=1000r\/s/g, '$1 rate=1r/m']],
		'waiting.conf': [[/(zone=cvn_waiting_address) burst=12000 delay=2000/g, '$1 burst=20 nodelay']] } }));

test('an address has so many who wait, and another address has its own', async () => {
	const parked = [];
	await played([() => REPLY], async ({ gate: own }) => {
		const waiting = Array.from({ length: 3 }, () => ask('GET', '/api/events', { through: own, from: '127.0.0.2' }));
		await comes(() => parked.length === 3, 'three wait');
		assert.deepEqual(statuses(await several(4, 'GET', '/api/watch/paper', { through: own, from: '127.0.0.2' })), [429]);
		waiting.push(ask('GET', '/api/events', { through: own }));
		await comes(() => parked.length === 4, 'another waits');
		for (const reply of parked) reply.end();
		assert.deepEqual(statuses(await Promise.all(waiting)), [200]);
	}, { otherwise: { 'waiting.conf': [[/limit_conn cvn_waiting_here 10000/g, 'limit_conn cvn_waiting_here 3']] }, park: (_, reply) => parked.push(reply) });
});

async function comes(is, what) {
	for (const end = Date.now() + 5000; !is(); await new Promise((resolve) => setTimeout(resolve, 20))) assert.ok(Date.now() < end, what);
}

test('no address alone uses up what is for all who wait', () => {
	const text = (name) => readFileSync(new URL(`../../nginx/${name}`, import.meta.url), 'utf8');
	const number = (name, pattern) => Number(pattern.exec(text(name))[1]);
	const [all, one] = ['cvn_waiting', 'cvn_waiting_address'].map((zone) => ({ rate: number('http.conf', new RegExp(`zone=${zone}:\\S+ rate=(\\d+)r/s`)), burst: number('waiting.conf', new RegExp(`zone=${zone} burst=(\\d+)`)) }));
	assert.ok(one.rate < all.rate && one.burst < all.burst);
	assert.ok(one.burst >= 9000 + 2000 && number('waiting.conf', /limit_conn \w+ (\d+)/) >= 9000, 'nine thousand workers behind one address are let in');
});

test('a host of workers that report is not what is too much of a person', () =>
	played([() => REPLY], async ({ gate: own }) => {
		const agent = new https.Agent({ keepAlive: true, maxSockets: 50 });
		assert.deepEqual(statuses(await several(1000, 'POST', '/api/workers/w/report', { through: own, agent, body: '{}' })), [200]);
		agent.destroy();
	}));
