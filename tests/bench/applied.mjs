// Row 1. A save until its value is in force in a worker's memory: through nginx, a responder and PostgreSQL, told to one
// worker by LISTEN, against etcd's put until the watch tells it, both over HTTP from the same client program, with a value
// as long as our whole configuration document. The pause between two saves is stated, since it changes both threefold.
import { alternate, bench, environment, pick, port, program, requestFile, row, s, saveFile, skip } from './lib/bench.mjs';
import { etcd } from './lib/peers.mjs';

const PAUSES = [{ name: '0.5 ms apart', pause: 500, count: 1000 }, { name: '100 ms apart', pause: 100000, count: 60 }];
const base64 = (text) => Buffer.from(text).toString('base64');

async function documentSize(env) {
	const reply = await s.call('viewer', 'GET', `/api/config/${env}`);
	return JSON.stringify(reply.body).length;
}

// Requests of etcd's gateway: a put of so many bytes that differ each time, and the watch of it.
function etcdFiles(size, to) {
	const key = base64('bench');
	const value = `@@@@@@@@${base64('x'.repeat(size)).slice(8)}`;
	return {
		put: requestFile({ method: 'POST', target: '/v3/kv/put', body: JSON.stringify({ key, value }), to }),
		watch: requestFile({ method: 'POST', target: '/v3/watch', body: JSON.stringify({ create_request: { key } }), to }),
	};
}

await bench(async () => {
	const env = await environment('bench-applied');
	const peer = await etcd();
	if (!peer) return skip('save to applied', 'etcd-server is not installed');
	const request = saveFile(env);
	const files = etcdFiles(await documentSize(env), peer.port);
	for (const { name, pause, count } of PAUSES) {
		const common = ['--count', count, '--pause', pause];
		const pairs = await alternate(
			() => program('applied', ['--port', port, '--request', request, '--database', s.run.worker_database, '--environment', env, ...common]),
			() => program('applied', ['--port', peer.port, '--request', files.put, '--watch', files.watch, ...common]),
		);
		for (const p of ['p50', 'p95'])
			row({ name: `save to applied, ${name}, ${p}`, unit: 'ms', against: 'etcd put to watch', pairs: pick(pairs, `${p}_ms`), atMost: 1 });
	}
});
