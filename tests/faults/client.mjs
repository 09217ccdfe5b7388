// An HTTP client for load: kept connections, no retry of its own, and what happened told as it is.
import http from 'node:http';

// { call(method, path, { headers, body, timeout }), close() }: call() gives { status, body }, body parsed where it is JSON.
// Without an answer it throws. `login`, a login and password, makes a session that goes with every request.
export async function client(url, login) {
	const base = new URL(url);
	const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
	const always = {};

	// The reply as it comes in, for a stream.
	const open = (method, path, { headers = {}, body, timeout = 10000 } = {}) => new Promise((resolve, reject) => {
		const bytes = body === undefined ? null : Buffer.from(JSON.stringify(body));
		const all = { ...always, ...headers, ...(bytes && { 'Content-Type': 'application/json', 'Content-Length': bytes.length }) };
		const sent = http.request({ host: base.hostname, port: base.port, method, path, headers: all, agent, timeout }, resolve);
		sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
		sent.on('error', reject);
		sent.end(bytes ?? undefined);
	});
	const call = async (method, path, options) => {
		const reply = await open(method, path, options);
		const parts = [];
		for await (const part of reply) parts.push(part);
		const text = Buffer.concat(parts).toString('utf8');
		const isJson = /[/+]json\b/.test(reply.headers['content-type'] ?? '');
		return { status: reply.statusCode, headers: reply.headers, body: isJson ? JSON.parse(text) : text };
	};
	if (login) {
		const { status, headers } = await call('POST', '/api/session', { body: login });
		if (status !== 200) throw new Error(`POST /api/session: ${status}`);
		always.Cookie = headers['set-cookie'][0].split(';')[0];
	}
	return { call, open, close: () => agent.destroy() };
}
