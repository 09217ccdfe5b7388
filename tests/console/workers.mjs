// Workers that do what a test says: they report through the API as a worker without a database connection does.
import assert from 'node:assert/strict';
import { request } from '../lib/stack.mjs';

const heartbeat = 4000; // three missed ones make a worker offline

// { report, end }: report(id, members) is said at once and again with each heartbeat until something else is;
// end() closes all of them and revokes their token. The caller must end() it.
export async function workersOf({ url, call }, environment) {
	const body = { name: `workers of ${environment}`, role: 'worker', environment };
	const made = await call('admin', 'POST', '/api/tokens', { body });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const headers = { Authorization: `Bearer ${made.body.token}` };
	const said = new Map();

	async function send(id) {
		const reply = await request(url, 'POST', `/api/workers/${id}/report`, { headers, body: said.get(id) });
		assert.equal(reply.status, 200, JSON.stringify(reply.body));
	}
	const report = (id, members) => {
		said.set(id, { environment, build: 'test', state: 'current', ...members });
		return send(id);
	};
	let beats = Promise.resolve();
	const timer = setInterval(() => {
		beats = Promise.all([beats, ...[...said.keys()].map(send)]);
		beats.catch(() => {}); // end() tells of it
	}, heartbeat);
	const end = async () => {
		clearInterval(timer);
		await beats; // none comes after the last word, or without the token
		for (const [id, members] of said) await report(id, { ...members, closed: true });
		await call('admin', 'DELETE', `/api/tokens/${made.body.id}`);
	};
	return { report, end };
}
