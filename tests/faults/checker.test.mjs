// Goal: the checker finds nothing in a run that is right, and each kind of fault in one that is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KINDS, check, hashOf } from './checker.mjs';

const ENVIRONMENT = 'paper';
const value = (version) => ({ A: `${version}`, B: 'same' });

// A run of four writes on top of version 1: acknowledged as 2 and 3, one refused, one whose answer was lost and that is 4;
// with readers, a watch, a stream and a worker that saw it all.
function truth() {
	const write = (id, outcome, version, more) => ({
		kind: 'write', request_id: id, environment: ENVIRONMENT, actor: 'editor', changes: { A: `${version}` }, invoke: version * 100,
		return: version * 100 + 50, outcome, ...(outcome === 'ok' && { version }), ...more,
	});
	const row = (version, request_id) => ({
		version, request_id, actor: 'editor', diff: version === 1 ? {} : { A: `${version}` }, snapshot: version === 1 ? value(1) : null });
	const log = [
		{ kind: 'begin', environment: ENVIRONMENT, version: 1 },
		{ kind: 'reset', session: 'stream-1', environment: ENVIRONMENT, version: 1 },
		write('r-2', 'ok', 2), write('r-3', 'ok', 3), write('r-no', 'refused', 9, { status: 412 }), write('r-4', 'unknown', 4),
		{ kind: 'resolve', request_id: 'r-4', version: 4 },
		write('r-never', 'unknown', 5), { kind: 'resolve', request_id: 'r-never', version: null },
		{ kind: 'read', environment: ENVIRONMENT, invoke: 255, return: 260, version: 2, hash: hashOf(value(2)) },
		{ kind: 'watch', session: 'watch-1', environment: ENVIRONMENT, version: 2, hash: hashOf(value(2)) },
		{ kind: 'watch', session: 'watch-1', environment: ENVIRONMENT, version: 4, hash: hashOf(value(4)) },
		...[2, 3, 4].map((version) => ({ kind: 'change', session: 'stream-1', environment: ENVIRONMENT, version, key: 'A' })),
	];
	const state = {
		environments: [{
			environment: ENVIRONMENT, version: 4, active: value(4), chain: { ok: true, checked: 4, broken_at: null },
			history: [row(1, null), row(2, 'r-2'), row(3, 'r-3'), row(4, 'r-4')],
		}],
		replay: [],
		workers: [{ worker_id: 'worker-1', environment: ENVIRONMENT, state: 'current', version: 4, hash: hashOf(value(4)), forbidden: 0 }],
		reports: [1, 2, 4].map((version) => ({ worker_id: 'worker-1', environment: ENVIRONMENT, version })),
	};
	const line = (kind, at = 0) => log.filter((one) => one.kind === kind)[at];
	const drop = (one) => log.splice(log.indexOf(one), 1);
	return { log, state, env: state.environments[0], history: state.environments[0].history, line, drop, request: (id) => log.find((one) => one.kind === 'write' && one.request_id === id) };
}

const SEEDS = [
	['a beginning that is not told', 'begin-missing', ({ line, drop }) => drop(line('begin'))],
	['a version that is left out', 'version-gap', ({ history }) => history.splice(1, 1)],
	['an environment that is ahead of its history', 'version-gap', ({ env }) => env.version++],
	['a version that is there twice', 'version-twice', ({ history }) => history.splice(2, 0, { ...history[1], request_id: 'r-3' })],
	['a later write with a lower version', 'order', ({ request }) => ([request('r-2').invoke, request('r-2').return] = [400, 450])],
	['a later write with the same version', 'order', ({ request }) => (request('r-3').version = 2)],
	['a version that nobody asked for', 'unasked', ({ history }) => (history[3].request_id = 'r-other')],
	['an acknowledged write that is not there', 'acknowledged-missing', ({ history }) => (history[1].request_id = null)],
	['an acknowledged write that is there twice', 'acknowledged-twice', ({ history }) => (history[3].request_id = 'r-2')],
	['an acknowledged write under another version', 'acknowledged-other', ({ request }) => (request('r-3').version = 4)],
	['an acknowledged write with another value', 'acknowledged-other', ({ history }) => (history[1].diff = { A: '7' })],
	['an acknowledged write of somebody else', 'acknowledged-other', ({ history }) => (history[1].actor = 'admin')],
	['a refused write that is there', 'refused-written', ({ history }) => (history[3].request_id = 'r-no')],
	['an unknown write that is there twice', 'unknown-twice', ({ history }) => (history[2].request_id = 'r-4')],
	['an unknown write that nobody resolved', 'unresolved', ({ line, drop }) => drop(line('resolve'))],
	['an unknown write said to be there that is not', 'resolved-wrongly', ({ line }) => (line('resolve', 1).version = 4)],
	['an unknown write said not to be there that is', 'resolved-wrongly', ({ line }) => (line('resolve').version = null)],
	['another value in force', 'replay', ({ env }) => (env.active.B = 'other')],
	['a value in force that the history has not', 'replay', ({ env }) => (env.active.C = 'more')],
	['what the replay in SQL finds', 'replay', ({ state }) => state.replay.push({ environment: ENVIRONMENT, fault: 'version 3 is at place 4' })],
	['a chain that breaks', 'chain', ({ env }) => (env.chain = { ok: false, checked: 4, broken_at: 3 })],
	['a read of less than was acknowledged', 'read-stale', ({ line }) => (line('read').invoke = 355)],
	['a read of other values', 'read-wrong', ({ line }) => (line('read').hash = hashOf(value(3)))],
	['a read of a version that never was', 'read-wrong', ({ line }) => (line('read').version = 8)],
	['a watch that goes back', 'watch-order', ({ log, line }) => log.push({ ...line('watch') })],
	['a watch with other values', 'watch-wrong', ({ line }) => (line('watch', 1).hash = hashOf(value(3)))],
	['a worker that goes back', 'worker-fell', ({ state }) => (state.reports[1].version = 0)],
	['a worker that stays behind', 'worker-behind', ({ state }) => (state.workers[0].version = 3)],
	['a worker with other values', 'worker-wrong', ({ state }) => (state.workers[0].hash = hashOf(value(3)))],
	['an apply inside a cycle', 'worker-forbidden', ({ state }) => (state.workers[0].forbidden = 1)],
	['a stream that goes back', 'stream-order', ({ log, line }) => log.push({ ...line('change') })],
	['a stream that leaves out a version', 'stream-gap', ({ line, drop }) => drop(line('change', 1))],
	['a stream that leaves out the first version after a reset', 'stream-gap', ({ line, drop }) => drop(line('change'))],
	['a stream that tells a change twice', 'stream-twice', ({ log, line }) => log.push({ ...line('change', 2) })],
	['a stream that leaves out a parameter', 'stream-torn', ({ history }) => (history[2].diff = { A: '3', B: 'same' })],
	['a stream that tells of another parameter', 'stream-torn', ({ line }) => (line('change', 2).key = 'B')],
	['a stream that ends early', 'stream-behind', ({ line, drop }) => drop(line('change', 2))],
];

test('a run that is right has no fault', () => {
	const { log, state } = truth();
	assert.deepEqual(check(log, state), []);
});

test('writes at the same time may have their versions in either order', () => {
	const one = truth();
	[one.request('r-2').invoke, one.request('r-2').return] = [310, 340];
	one.line('read').invoke = 200;
	assert.deepEqual(check(one.log, one.state), []);
});

test('a stream that is reset owes nothing of what came before', () => {
	const one = truth();
	one.drop(one.line('change', 1));
	one.log.splice(one.log.indexOf(one.line('change', 1)), 0, { kind: 'reset', session: 'stream-1', environment: ENVIRONMENT, version: 3 });
	assert.deepEqual(check(one.log, one.state), []);
});

test('a log of another database is refused', () => {
	const { log, state } = truth();
	log.push({ kind: 'begin', environment: 'elsewhere', version: 0 });
	assert.throws(() => check(log, state), /environment elsewhere/);
});

for (const [what, kind, seed] of SEEDS) {
	test(`${what} is found`, () => {
		const one = truth();
		seed(one);
		const found = check(one.log, one.state).map((fault) => fault.kind);
		assert.ok(found.includes(kind), `${kind} is not among ${JSON.stringify(found)}`);
	});
}

test('every kind of fault is seeded', () => {
	assert.deepEqual([...new Set(SEEDS.map(([, kind]) => kind))].sort(), [...KINDS].sort());
});
