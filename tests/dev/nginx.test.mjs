// The gate: which headers every location and status carries, what is cached, who is let in, how nginx's own errors look.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { request, stack } from '../lib/stack.mjs';

const s = stack();

const EVERYWHERE = {
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'no-referrer',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
};
const POLICY = ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "connect-src 'self'",
	"img-src 'self' data:", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"];

// A role, a request, the expected status: at least one row a location, and one a status that it gives.
const ROWS = [
	[null, 'GET', '/', 200],
	[null, 'POST', '/', 405],
	[null, 'GET', '/config/paper/CVN_COOLDOWN', 200],
	[null, 'GET', '/nowhere.js', 404],
	[null, 'GET', '/.git/config', 404],
	[null, 'GET', '/metrics', 404],
	[null, 'TRACE', '/', 405],
	[null, 'POST', '/core.js', 404],
	[null, 'TRACE', '/api/me', 405],
	[null, 'GET', '/api', 404],
	[null, 'GET', '/api/config/paper%00', 400],
	[null, 'GET', '/api/config/%zz', 400],
	[null, 'GET', '/api/config/' + 'a'.repeat(20000), 400],
	[null, 'GET', '/api/me', 400, { headers: { 'X-Long': 'a'.repeat(20000) } }],
	[null, 'GET', '/api/me', 400, { headers: { 'If-Match': ['"1"', '"2"'] } }],
	[null, 'GET', '/api/health', 200],
	[null, 'GET', '/api/me', 401],
	['viewer', 'GET', '/api/me', 200],
	['viewer', 'GET', '/api/workers', 200],
	['viewer', 'GET', '/api/nothing', 404],
	['viewer', 'DELETE', '/api/me', 405],
	['viewer', 'POST', '/api/config/dev/CVN_COOLDOWN', 403, { body: { value: '80s', reason: 'no' }, headers: { 'If-Match': '*' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 428, { body: { value: '80s', reason: 'no' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 412, { body: { value: '80s', reason: 'no' }, headers: { 'If-Match': '"0"' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 400, { body: '{', headers: { 'If-Match': '*' } }],
	['editor', 'POST', '/api/config/dev/CVN_COOLDOWN', 413, { body: Buffer.alloc(1200000, 0x20), headers: { 'If-Match': '*' } }],
	[null, 'GET', '/api/events', 401],
	['viewer', 'GET', '/api/events?environment=paper', 200],
	[null, 'GET', '/api/watch/paper?version=0', 401],
	['viewer', 'GET', '/api/watch/paper?version=0', 200],
];

for (const [role, method, path, status, options] of ROWS) {
	test(`${method} ${path.slice(0, 60)} as ${role ?? 'nobody'}: ${status}, with every header`, async () => {
		const reply = await s.call(role, method, path, options);
		assert.equal(reply.status, status, JSON.stringify(reply.body));
		for (const [name, value] of Object.entries(EVERYWHERE)) assert.equal(reply.headers[name], value, name);
		const policy = reply.headers['content-security-policy'].split('; ');
		for (const part of POLICY) assert.ok(policy.includes(part), part);
		assert.doesNotMatch(reply.headers['www-authenticate'] ?? '', /basic|digest|negotiate/i, 'no native password prompt');
		if (status === 405) assert.match(reply.headers.allow ?? '', /^GET/);
		if (!path.startsWith('/api')) return;
		assert.equal(reply.headers['cache-control'], 'no-store');
		if (status >= 400) {
			assert.match(reply.headers['content-type'], /^application\/problem\+json/);
			assert.equal(reply.body.status, status);
			assert.equal(reply.body.instance, reply.headers['x-request-id']);
			assert.match(reply.body.code, /^[a-z_]+$/);
		}
	});
}

test('the page is asked for again, what has a hash in its name is not', async () => {
	const page = await s.call(null, 'GET', '/');
	assert.equal(page.headers['cache-control'], 'no-cache');
	const assets = [...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
	assert.ok(assets.length > 2);
	for (const path of assets) {
		const reply = await s.call(null, 'GET', path, { headers: { 'Accept-Encoding': 'gzip' } });
		assert.equal(reply.status, 200, path);
		assert.equal(reply.headers['cache-control'], 'public, max-age=31536000, immutable', path);
		if (!path.endsWith('.woff2')) assert.equal(reply.headers['content-encoding'], 'gzip', path);
	}
});

test('WebAssembly has its type', async () => {
	const { body } = await s.call(null, 'GET', '/');
	const get = async (path) => (await s.call(null, 'GET', path)).body;
	const main = await get(body.match(/src="(\/main[^"]+)"/)[1]);
	const parts = await Promise.all([...main.matchAll(/"\.?(\/[A-Za-z]+\.[0-9A-Z]+\.js)"/g)].map(([, path]) => get(path)));
	const core = [main, ...parts].join('\n').match(/\/core\.[0-9a-z]+\.wasm/)[0];
	assert.equal((await s.call(null, 'GET', core)).headers['content-type'], 'application/wasm');
});

test('the ETag of a configuration stays strong when the client takes gzip', async () => {
	const reply = await s.call('viewer', 'GET', '/api/config/dev', { headers: { 'Accept-Encoding': 'gzip' } });
	assert.match(reply.headers.etag, /^"\d+"$/);
	const again = await s.call('viewer', 'GET', '/api/config/dev', { headers: { 'If-None-Match': reply.headers.etag } });
	assert.equal(again.status, 304);
	assert.equal(again.headers['x-content-type-options'], 'nosniff');
});

test('a request id of the caller comes back; one that is not well-formed does not', async () => {
	for (const path of ['/api/me', '/api/health', '/api/events']) {
		const given = await s.call(null, 'GET', path, { headers: { 'X-Request-Id': 'a-b.c_1' } });
		assert.equal(given.headers['x-request-id'], 'a-b.c_1', path);
		const refused = await s.call(null, 'GET', path, { headers: { 'X-Request-Id': 'a b' } });
		assert.match(refused.headers['x-request-id'], /^[0-9a-f]{32}$/, path);
	}
});

test('an unknown Host gets no answer, and localhost gets one', async () => {
	await assert.rejects(request(s.url, 'GET', '/', { headers: { Host: 'evil.test' } }));
	await assert.rejects(request(s.url, 'GET', 'http://evil.test/api/health'));
	assert.equal((await request(s.url, 'GET', '/', { headers: { Host: 'localhost' } })).status, 200);
});

test('who one is cannot be said by a header', async () => {
	const headers = { 'X-Cvn-Login': 'admin', 'X-Cvn-Environments': '*', 'Remote-User': 'admin', 'X-Remote-User': 'admin' };
	assert.equal((await s.call(null, 'GET', '/api/me', { headers })).status, 401);
	assert.equal((await s.call(null, 'GET', '/api/events', { headers })).status, 401);
	assert.equal((await s.call(null, 'GET', '/api/watch/paper', { headers })).status, 401);
});

test('a long poll is parked and holds up nobody', async () => {
	const { body } = await s.call('viewer', 'GET', '/api/events?environment=live');
	const polls = Array.from({ length: 20 }, () =>
		s.call('viewer', 'GET', `/api/events?environment=live&after=${encodeURIComponent(body.cursor)}&wait=4`));
	const started = Date.now();
	assert.equal((await s.call('viewer', 'GET', '/api/config/live')).status, 200);
	assert.ok(Date.now() - started < 3000);
	for (const poll of await Promise.all(polls)) assert.equal(poll.status, 200);
});

test('a request that is smuggled or broken is refused', async () => {
	const { hostname, port } = new URL(s.url);
	const rows = ['Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', 'Content-Length: 3\r\nContent-Length: 4\r\n',
		'Content-Length: -1\r\n', 'Host: other\r\n'];
	for (const row of rows) {
		const answer = await new Promise((resolve) => {
			let text = '';
			const socket = net.connect(Number(port), hostname, () =>
				socket.write(`POST /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\n${row}\r\nabc`));
			socket.on('data', (part) => (text += part));
			socket.on('close', () => resolve(text));
			socket.on('error', () => resolve(text));
			socket.setTimeout(5000, () => socket.destroy());
		});
		assert.match(answer, /^(HTTP\/1\.1 400 |$)/, JSON.stringify(row));
	}
});

test('connections are kept', async () => {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const { hostname, port } = new URL(s.url);
	const get = () => new Promise((resolve, reject) => {
		http.get({ hostname, port, path: '/api/health', agent }, (reply) => {
			const { localPort } = reply.socket;
			reply.resume();
			reply.on('end', () => resolve(localPort));
		}).on('error', reject);
	});
	assert.equal(await get(), await get());
	agent.destroy();
});
