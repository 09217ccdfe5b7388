// A load on a stack: writers, and readers of three sorts, who write down all that they ask and hear, as checker.mjs reads it.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { eventually } from '../lib/stack.mjs';
import { hashOf } from './checker.mjs';
import { client } from './client.mjs';

const now = () => Number(process.hrtime.bigint());
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ACTOR = 'editor';

// Starts `writers` writers, and three readers for each of the environments: one that reads, one that watches as a worker
// does, one that follows the events. The caller must stop() it: { log, count(outcome), stop(), save(file) }.
export async function load(s, { environments, writers = 8, pause = 20 }) {
	const run = randomBytes(4).toString('hex');
	const log = [];
	const tell = (line) => log.push(line);
	const phase = { writing: true, reading: true };
	const writer = await client(s.url, { login: ACTOR, password: s.credentials[ACTOR].password });
	const reader = await client(s.url, { login: 'viewer', password: s.credentials.viewer.password });
	const seen = new Map(); // the newest version that a session of a reader has
	const versionOf = async (environment) => (await reader.call('GET', `/api/config/${environment}`)).body.version;

	for (const environment of environments) tell({ kind: 'begin', environment, version: await versionOf(environment) });
	const writes = Array.from({ length: writers }, (_, i) => write(i, { writer, environments, run, pause, tell, phase }));
	const reads = environments.flatMap((environment, i) => [
		read(environment, { reader, tell, phase }),
		watch(environment, { reader, tell, phase, seen }),
		(i % 2 ? poll : stream)(environment, { reader, tell, phase, seen }),
	]);

	// Ends the writing, finds out what became of the writes without an answer, and lets every reader and worker come to
	// the last version; what does not come there in time is for the checker to find.
	async function stop() {
		phase.writing = false;
		await Promise.all(writes);
		await come(async () => (await Promise.all(environments.map((one) => reader.call('GET', `/api/config/${one}`)))).every(({ status }) => status === 200)
			&& (await reader.call('GET', '/api/health')).status === 200, 30000);
		const last = new Map(await Promise.all(environments.map(async (one) => [one, await versionOf(one)])));
		await come(() => [...seen.values()].every(({ environment, version }) => version >= last.get(environment)), 15000);
		await come(async () => (await s.sql(`select w.worker_id from workers w join active_config c using (environment)
			where closed_at is null and applied_version <> c.version and environment in (${environments.map((one) => `'${one}'`)})`)).length === 0, 30000);
		for (const { request_id, outcome } of log.filter((line) => line.kind === 'write')) {
			if (outcome === 'unknown') tell({ kind: 'resolve', request_id, version: await resolve(reader, request_id) });
		}
		phase.reading = false;
		reader.close();
		await Promise.all(reads);
		writer.close();
		return log;
	}
	const count = (outcome) => log.reduce((sum, line) => sum + (line.kind === 'write' && line.outcome === outcome), 0);
	const save = (file) => writeFileSync(file, log.map((line) => `${JSON.stringify(line)}\n`).join(''));
	return { log, count, stop, save };
}

// Waits for what should come; whether it did is judged by what is in the log. No answer is an answer: not yet.
const come = (probe, ms) => eventually(async () => {
	try {
		return await probe();
	} catch {
		return false;
	}
}, ms).catch(() => {});

// What the history says of a request: its version, or null.
export async function resolve({ call }, requestId) {
	const { status, body } = await call('GET', `/api/history?request_id=${requestId}`);
	if (status !== 200 || body.entries.length > 1) throw new Error(`GET /api/history?request_id=${requestId}: ${status} ${JSON.stringify(body)}`);
	return body.entries[0]?.version ?? null;
}

// What an answer to a write means. A 503 of ours says whether something was written; of anyone else's it is not known.
export function outcomeOf({ status, body }) {
	if (status === 200) return 'ok';
	if (status >= 400 && status < 500) return 'refused';
	return status === 503 && /nothing was written/.test(body?.detail) ? 'refused' : 'unknown';
}

// Of ten writes one is of what another writer has seen long ago, and one has a value out of bounds: both to be refused.
async function write(number, { writer, environments, run, pause, tell, phase }) {
	let stale = 1;
	for (let i = 0; phase.writing; i++) {
		const environment = environments[(number + i) % environments.length];
		const changes = { CVN_ENTRY_THRESHOLD: `0.${number + 1}${String(i).padStart(6, '0')}1` };
		if (i % 4 === 0) changes.CVN_SHORT_ENTRY_THRESHOLD = changes.CVN_ENTRY_THRESHOLD;
		if (i % 10 === 3) changes.CVN_ENTRY_THRESHOLD = '1.5';
		const line = { kind: 'write', request_id: `${run}-${number}-${i}`, environment, actor: ACTOR, changes, invoke: now() };
		const headers = { 'If-Match': i % 10 === 7 ? `"${stale}"` : '*', 'X-Request-Id': line.request_id };
		const reply = await writer.call('POST', `/api/config/${environment}`, { headers, body: { changes, reason: 'a load' } }).catch(() => ({ status: 0 }));
		Object.assign(line, { return: now(), status: reply.status, outcome: outcomeOf(reply) });
		if (line.outcome === 'ok') line.version = stale = reply.body.version;
		tell(line);
		await sleep(pause);
	}
}

// Goes on asking; what is not answered is asked again.
async function asking(phase, pause, ask) {
	while (phase.reading) {
		await ask().catch(() => {});
		await sleep(pause);
	}
}

const read = (environment, { reader, tell, phase }) => asking(phase, 50, async () => {
	const invoke = now();
	const { status, body } = await reader.call('GET', `/api/config/${environment}`);
	if (status === 200) tell({ kind: 'read', environment, invoke, return: now(), version: body.version, hash: hashOf(body.values) });
});

function watch(environment, { reader, tell, phase, seen }) {
	const session = `watch-${environment}`;
	let values = {};
	let version = 0;
	seen.set(session, { environment, version });
	return asking(phase, 10, async () => {
		const { status, body } = await reader.call('GET', `/api/watch/${environment}?wait=2${version ? `&version=${version}` : ''}`);
		if (status !== 200) return sleep(50);
		values = Object.fromEntries(Object.entries({ ...(body.full ? {} : values), ...body.changes }).filter(([, value]) => value !== null));
		version = body.version;
		seen.set(session, { environment, version });
		tell({ kind: 'watch', session, environment, version, hash: hashOf(values) });
	});
}

// What one who follows the events does with one of them: after a reset the configuration is read anew.
function follower(session, environment, { reader, tell, phase, seen }) {
	seen.set(session, { environment, version: 0 });
	return {
		async reset() {
			while (phase.reading) {
				const { status, body } = await reader.call('GET', `/api/config/${environment}`).catch(() => ({ status: 0 }));
				if (status === 200) {
					tell({ kind: 'reset', session, environment, version: body.version });
					return seen.set(session, { environment, version: body.version });
				}
				await sleep(50);
			}
		},
		event({ type, version, key }) {
			if (type !== 'config_changed') return;
			tell({ kind: 'change', session, environment, version, key });
			seen.set(session, { environment, version });
		},
	};
}

function poll(environment, context) {
	const { reset, event } = follower(`poll-${environment}`, environment, context);
	let cursor = '';
	return asking(context.phase, 10, async () => {
		const { status, body } = await context.reader.call('GET', `/api/events?environment=${environment}&wait=2${cursor && `&after=${cursor}`}`);
		if (status !== 200) return sleep(50);
		if (body.reset) await reset();
		else body.events.forEach(event);
		cursor = body.cursor;
	});
}

// A stream is opened again with the last id that it had.
function stream(environment, context) {
	const { reset, event } = follower(`stream-${environment}`, environment, context);
	let last = null;
	return asking(context.phase, 50, async () => {
		const headers = { Accept: 'text/event-stream', ...(last && { 'Last-Event-ID': last }) };
		const reply = await context.reader.open('GET', `/api/events?environment=${environment}`, { headers, timeout: 20000 });
		if (reply.statusCode !== 200) return reply.resume();
		let rest = '';
		for await (const text of reply.setEncoding('utf8')) {
			const frames = (rest + text).split('\n\n');
			rest = frames.pop();
			for (const frame of frames) {
				const field = (name) => frame.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1];
				if (field('event') === 'reset') await reset();
				else if (field('data')) event(JSON.parse(field('data')));
				last = field('id') ?? last;
			}
		}
	});
}
