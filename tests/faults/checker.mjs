// Proof that a run lost nothing, told nothing that is not so, and kept its order: check(log, state) compares what the
// clients of a load saw with what the database holds.
//
// A log is a list of lines, each an object with `kind`; `invoke` and `return` are times in ns of one monotonic clock:
//
//   begin    { environment, version }                  what there was before the run
//   write    { request_id, environment, actor, changes, invoke, return, outcome, version }
//                                                      outcome: ok (with its version), refused, or unknown: no answer
//   resolve  { request_id, version }                   what the history said afterwards of an unknown one; null: nothing
//   read     { environment, invoke, return, version, hash }
//   watch    { session, environment, version, hash }   the configuration of one who applies what the watch tells
//   reset    { session, environment, version }         a stream begins (anew), and its reader then read this version
//   change   { session, environment, version, key }    and was told this
//
// A hash is the SHA-256 of the values as canonical JSON. The state is what readState() reads, in one statement.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { replayFaults } from '../lib/replay.mjs';

// What can be wrong. Each has a test that seeds it.
export const KINDS = [
	'begin-missing', 'version-gap', 'version-twice', 'order', 'unasked',
	'acknowledged-missing', 'acknowledged-twice', 'acknowledged-other', 'refused-written', 'unknown-twice', 'unresolved', 'resolved-wrongly',
	'replay', 'chain', 'read-stale', 'read-wrong', 'watch-order', 'watch-wrong',
	'worker-fell', 'worker-behind', 'worker-wrong', 'worker-forbidden',
	'stream-order', 'stream-gap', 'stream-twice', 'stream-torn', 'stream-behind',
];

export function hashOf(values) {
	const names = Object.keys(values).sort();
	return createHash('sha256').update(JSON.stringify(Object.fromEntries(names.map((name) => [name, values[name]])))).digest('hex');
}

// What the checker needs of the database, as one statement, so that it sees one moment.
export const stateQuery = `select jsonb_build_object(
	'environments', (select coalesce(jsonb_agg(jsonb_build_object('environment', c.environment, 'version', c.version,
		'history', (select coalesce(jsonb_agg(jsonb_build_object('version', h.version, 'request_id', h.request_id, 'actor', h.changed_by,
			'diff', h.diff, 'snapshot', case when h.version = 1 then h.snapshot end) order by h.version, h.id), '[]')
			from config_history h where h.environment = c.environment),
		'active', (select jsonb_object_agg(r.name, r.value) from resolved_config r where r.environment = c.environment and r.value is not null),
		'chain', (select to_jsonb(v) from history_verify(c.environment) v))), '[]') from active_config c),
	'replay', (select coalesce(jsonb_agg(to_jsonb(f)), '[]') from (${replayFaults}) f),
	'workers', (select coalesce(jsonb_agg(jsonb_build_object('worker_id', w.worker_id, 'environment', w.environment, 'state', w.state,
		'version', w.applied_version, 'hash', w.config_hash, 'forbidden', w.forbidden_applies)), '[]') from workers w where w.closed_at is null),
	'reports', (select coalesce(jsonb_agg(jsonb_build_object('worker_id', r.worker_id, 'environment', r.environment, 'version', r.version)
		order by r.id), '[]') from worker_reports r)
) as state`;

export async function readState(sql) {
	const [{ state }] = await sql(stateQuery);
	return JSON.parse(state);
}

// Every fault, as { kind, detail }; none: the run is proved.
export function check(log, state) {
	const faults = [];
	const add = (kind, detail) => faults.push({ kind, detail });
	const of = (kind) => log.filter((line) => line.kind === kind);
	const worlds = new Map(state.environments.map((one) => [one.environment, world(one, of('begin').find((line) => line.environment === one.environment))]));
	const used = [...new Set(log.map((line) => line.environment).filter(Boolean))].map((name) => known(worlds, name));

	for (const one of used) checkVersions(one, of('write'), add);
	checkWrites(of('write'), of('resolve'), used, add);
	for (const one of used) checkOrder(one, of('write'), add);
	for (const one of used) checkReads(one, of('read'), of('write'), add);
	for (const one of used) checkReplay(one, add);
	for (const { environment, fault } of state.replay) add('replay', `${environment}: ${fault}`);
	for (const lines of sessions(of('watch'))) checkWatch(worlds.get(lines[0].environment), lines, add);
	for (const lines of sessions(log.filter((line) => line.kind === 'reset' || line.kind === 'change'))) {
		checkStream(worlds.get(lines[0].environment), lines, add);
	}
	checkWorkers(state, worlds, new Set(used), add);
	return faults;
}

function known(worlds, name) {
	if (!worlds.has(name)) throw new Error(`the log names the environment ${name}, which the database has not: is it the database of this run?`);
	return worlds.get(name);
}

// An environment, with the configuration that its history gives for each version, and who wrote it.
function world({ environment, version, history, active, chain }, begin) {
	const values = {};
	const hashes = new Map();
	const keys = new Map();
	const byRequest = new Map();
	for (const row of history) {
		for (const [name, value] of Object.entries(row.snapshot ?? row.diff)) {
			if (value === null) delete values[name];
			else values[name] = value;
		}
		hashes.set(row.version, hashOf(values));
		keys.set(row.version, Object.keys(row.diff).sort());
		if (row.request_id !== null) byRequest.set(row.request_id, [...(byRequest.get(row.request_id) ?? []), row]);
	}
	return { environment, version, history, active, chain, begin, replayed: values, hashes, keys, byRequest };
}

// Versions are 1, 2, 3, ... and each of the run was asked for by it.
function checkVersions({ environment, version, history, begin }, writes, add) {
	if (!begin) add('begin-missing', `${environment}: the log does not say what there was before the run`);
	let last = 0;
	for (const row of history) {
		if (row.version === last) add('version-twice', `${environment}: version ${row.version} twice`);
		else if (row.version !== last + 1) add('version-gap', `${environment}: version ${row.version} comes after ${last}`);
		last = row.version;
	}
	if (last !== version) add('version-gap', `${environment}: it is at version ${version}, and its history at ${last}`);
	const asked = new Set(writes.map((line) => line.request_id));
	for (const row of history) {
		if (begin && row.version > begin.version && !asked.has(row.request_id)) {
			add('unasked', `${environment}: nobody asked for version ${row.version}, request ${row.request_id}`);
		}
	}
}

// Every acknowledged write is there once and as it was asked, a refused one is not, an unknown one is known afterwards.
function checkWrites(writes, resolutions, worlds, add) {
	const rowsOf = (id) => worlds.flatMap((one) => (one.byRequest.get(id) ?? []).map((row) => ({ ...row, environment: one.environment })));
	const resolved = new Map(resolutions.map((line) => [line.request_id, line]));
	const judge = {
		ok(line, rows) {
			const what = `${line.environment}: request ${line.request_id}, acknowledged as version ${line.version}`;
			if (rows.length === 0) return add('acknowledged-missing', `${what}, is not in the history`);
			if (rows.length > 1) return add('acknowledged-twice', `${what}, is there as versions ${rows.map((row) => row.version)}`);
			if (!isSame(line, rows[0])) add('acknowledged-other', `${what}, is there as ${JSON.stringify(rows[0])}`);
		},
		refused(line, rows) {
			for (const row of rows) add('refused-written', `${line.environment}: request ${line.request_id} was refused (${line.status}) and is version ${row.version}`);
		},
		unknown(line, rows) {
			const what = `${line.environment}: request ${line.request_id}, whose answer was lost,`;
			if (rows.length > 1) return add('unknown-twice', `${what} is there as versions ${rows.map((row) => row.version)}`);
			const answer = resolved.get(line.request_id);
			if (!answer) return add('unresolved', `${what} was not resolved`);
			const version = rows[0]?.version ?? null;
			if (answer.version !== version) add('resolved-wrongly', `${what} is version ${version}, and the history said ${answer.version}`);
		},
	};
	for (const line of writes) judge[line.outcome](line, rowsOf(line.request_id));
}

const isSame = (line, row) =>
	row.environment === line.environment && row.version === line.version && row.actor === line.actor && isDeepStrictEqual(row.diff, line.changes);

// What was acknowledged before another write was asked for has the lower version.
function checkOrder({ environment }, writes, add) {
	const done = writes.filter((line) => line.outcome === 'ok' && line.environment === environment);
	const byReturn = [...done].sort((a, b) => a.return - b.return);
	let highest = { version: 0 };
	let next = 0;
	for (const line of [...done].sort((a, b) => a.invoke - b.invoke)) {
		for (; next < byReturn.length && byReturn[next].return < line.invoke; next++) {
			if (byReturn[next].version > highest.version) highest = byReturn[next];
		}
		if (highest.version >= line.version) {
			add('order', `${environment}: version ${line.version} was asked for after version ${highest.version} was acknowledged`);
		}
	}
}

// A read shows at least what was acknowledged before it was asked for, and that version as the history has it.
function checkReads({ environment, hashes }, reads, writes, add) {
	const done = writes.filter((line) => line.outcome === 'ok' && line.environment === environment).sort((a, b) => a.return - b.return);
	let least = 0;
	let next = 0;
	for (const line of reads.filter((one) => one.environment === environment).sort((a, b) => a.invoke - b.invoke)) {
		for (; next < done.length && done[next].return < line.invoke; next++) least = Math.max(least, done[next].version);
		if (line.version < least) add('read-stale', `${environment}: version ${line.version} was read after version ${least} was acknowledged`);
		if (line.hash !== hashes.get(line.version)) add('read-wrong', `${environment}: version ${line.version} was read with other values than its history has`);
	}
}

function checkReplay({ environment, active, replayed, chain }, add) {
	if (!isDeepStrictEqual(active, replayed)) add('replay', `${environment}: what is in force is not what the history gives`);
	if (!chain?.ok) add('chain', `${environment}: the chain breaks at version ${chain?.broken_at}`);
}

function sessions(lines) {
	const found = new Map();
	for (const line of lines) found.set(line.session, [...(found.get(line.session) ?? []), line]);
	return found.values();
}

function checkWatch({ environment, hashes }, lines, add) {
	let last = 0;
	for (const { session, version, hash } of lines) {
		if (version < last) add('watch-order', `${environment}: ${session} was told version ${version} after ${last}`);
		if (hash !== hashes.get(version)) add('watch-wrong', `${environment}: ${session} has other values at version ${version} than the history`);
		last = version;
	}
}

// Between two resets a stream has every version above the one that was read, once, whole and in order; and it ends at
// the last one.
function checkStream({ environment, version: end, keys }, lines, add) {
	let told = new Map();
	let floor = null;
	let last = null;
	const whole = (version, session) => {
		const wanted = keys.get(version) ?? [];
		if (!isDeepStrictEqual([...(told.get(version) ?? [])].sort(), wanted)) {
			add('stream-torn', `${environment}: ${session} was told ${[...(told.get(version) ?? [])]} of version ${version}, and it is ${wanted}`);
		}
	};
	for (const { kind, session, version, key } of lines) {
		if (kind === 'reset') {
			[told, floor, last] = [new Map(), version, null];
			continue;
		}
		if (last !== null && version < last) {
			add('stream-order', `${environment}: ${session} was told version ${version} after ${last}`);
			continue;
		}
		if (version !== last) {
			if (last !== null) whole(last, session);
			if (version > (last ?? floor) + 1) add('stream-gap', `${environment}: ${session} was told version ${version} after ${last ?? floor}`);
			told.set(version, new Set());
		}
		if (told.get(version).has(key)) add('stream-twice', `${environment}: ${session} was told ${key} of version ${version} twice`);
		told.get(version).add(key);
		last = version;
	}
	if (last !== null) whole(last, lines[0].session);
	if (Math.max(last ?? 0, floor ?? 0) !== end) add('stream-behind', `${environment}: ${lines[0].session} ended at version ${last ?? floor} of ${end}`);
}

// Applied versions never fall, and in the end every worker runs with the last one, as the history has it.
function checkWorkers({ workers, reports }, worlds, used, add) {
	const last = new Map();
	for (const { worker_id: id, version } of reports) {
		if (version < (last.get(id) ?? 0)) add('worker-fell', `${id} reported version ${version} after ${last.get(id)}`);
		last.set(id, version);
	}
	for (const { worker_id: id, environment, version, hash, forbidden } of workers) {
		const one = worlds.get(environment);
		if (!used.has(one)) continue;
		if (version !== one.version) add('worker-behind', `${id} ended at version ${version} of ${one.version}`);
		else if (hash !== one.hashes.get(version)) add('worker-wrong', `${id} runs with other values than version ${version} has`);
		if (forbidden !== 0) add('worker-forbidden', `${id} applied ${forbidden} times inside a cycle or a section`);
	}
}
