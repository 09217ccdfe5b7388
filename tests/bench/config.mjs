// Row 4. GET /api/config/{env} with 200 parameters, whole and as 304, by 16 clients through nginx: against nginx with a
// FastCGI program that answers a fixed body of the same length, etcd's range of 200 keys, and unleash-server's features for
// a client, as many.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { alternate, basic, bench, environment, parameters, pick, port, program, requestFile, row, s, scratch, skip } from './lib/bench.mjs';
import { etcd, fixed, unleash } from './lib/peers.mjs';

const PARAMETERS = 200;
const CLIENTS = 16;
const SECONDS = 2;
const base64 = (text) => Buffer.from(text).toString('base64');

async function load(to, request) {
	const result = await program('load', ['--port', to, '--seconds', SECONDS, ...Array.from({ length: CLIENTS }, () => request)]);
	if (result.refused) throw new Error(`${result.refused} of ${result.requests} were refused`);
	return result;
}

async function against(name, ours, to, request, target) {
	const pairs = await alternate(() => load(port, ours), () => load(to, request));
	row({ unit: '/s', pairs: pick(pairs, 'per_second'), ...name, ...target });
}

// The same parameters as keys of etcd.
async function fill(peer, values) {
	for (const [key, value] of Object.entries(values)) {
		const reply = await fetch(`http://127.0.0.1:${peer.port}/v3/kv/put`, { method: 'POST', body: JSON.stringify({ key: base64(`bench/${key}`), value: base64(value) }) });
		if (!reply.ok) throw new Error(`etcd: ${reply.status}`);
	}
	return requestFile({ method: 'POST', target: '/v3/kv/range', body: JSON.stringify({ key: base64('bench/'), range_end: base64('bench0') }), to: peer.port });
}

// Whole and plain, and as its own client asks: with gzip, which it does anew for each answer, and ours not at all.
async function besideUnleash(target, headers, { port: to, request }, count) {
	const gzip = { 'Accept-Encoding': 'gzip' };
	for (const [name, more, bound] of [['', {}, { atLeast: 10 }], [', asked for gzip', gzip, {}]])
		await against(
			{ name: `GET config beside unleash${name}`, against: `unleash-server, ${count} features` },
			requestFile({ method: 'GET', target, headers: { ...headers, ...more } }),
			to, requestFile({ ...request, headers: { ...request.headers, ...more } }), bound,
		);
}

await bench(async () => {
	const env = await environment('bench-config');
	await parameters(PARAMETERS);
	const target = `/api/config/${env}`;
	const { body } = await s.call('viewer', 'GET', target);
	const count = Object.keys(body.values).length;
	const headers = { Authorization: basic('viewer') };
	const whole = requestFile({ method: 'GET', target, headers });
	const known = requestFile({ method: 'GET', target, headers: { ...headers, 'If-None-Match': `"${body.version}"` } });

	const file = join(scratch, 'body');
	writeFileSync(file, JSON.stringify(body));
	const plain = await fixed(file);
	const request = requestFile({ method: 'GET', target: '/', to: plain.port });
	const request304 = requestFile({ method: 'GET', target: '/', headers: { 'If-None-Match': '"1"' }, to: plain.port });
	await against({ name: `GET config, ${count} parameters`, against: 'a fixed body by libfcgi' }, whole, plain.port, request, { atLeast: 0.5 });
	await against({ name: 'GET config, 304', against: 'a fixed 304 by libfcgi' }, known, plain.port, request304, { atLeast: 0.7 });

	const peer = await etcd();
	if (peer) await against({ name: 'GET config beside etcd', against: `etcd, range of ${count} keys` }, whole, peer.port, await fill(peer, body.values), { atLeast: 1 });
	else skip('GET config beside etcd', 'etcd-server is not installed');

	const features = await unleash(Object.keys(body.values));
	if (features.why) skip('GET config beside unleash', features.why);
	else await besideUnleash(target, headers, features, count);
});
