// The whole way: a save through nginx reaches the example workers at a safe boundary, and they say so.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';

const s = stack();
const ENVIRONMENT = 'paper';

// Values that differ from what other tests save, and from one run to the next.
const fraction = () => `0.${1 + Math.floor(Math.random() * 8)}${1 + Math.floor(Math.random() * 99998)}1`;

const workers = async () => {
	const reply = await s.call('viewer', 'GET', `/api/workers?environment=${ENVIRONMENT}`);
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.workers.filter((worker) => worker.state !== 'offline');
};

async function save(changes) {
	const reply = await s.save('editor', ENVIRONMENT, changes, 'a test of the workers');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return Number(reply.body.version);
}

const value = async (name) => (await s.call('viewer', 'GET', `/api/config/${ENVIRONMENT}/${name}`)).body.value;

// What these tests change, as it was before them.
const touched = ['CVN_ENTRY_THRESHOLD', 'CVN_STOP_LOSS_PCT', 'CVN_TAKE_PROFIT_PCT', 'CVN_COOLDOWN', 'CVN_MODEL_TYPE'];
const values = async () => (await s.call('viewer', 'GET', `/api/config/${ENVIRONMENT}`)).body.values;
let original;

before(async () => {
	original = await values();
});

after(async () => {
	const now = await values();
	const changed = touched.filter((name) => now[name] !== original[name]);
	if (changed.length) await save(Object.fromEntries(changed.map((name) => [name, original[name]])));
});

// All live workers at once satisfy `check`; returns them and how long it took.
async function all(check, ms, what) {
	const start = performance.now();
	const found = await eventually(
		async () => {
			const list = await workers();
			return list.length > 0 && list.every(check) && list;
		},
		ms,
		what,
	);
	return { list: found, ms: performance.now() - start };
}

const applied = (version) => (worker) => worker.applied_version >= version;

async function assertNothingForbidden() {
	const rows = await s.sql(`select worker_id, forbidden_applies from workers where environment = '${ENVIRONMENT}'`);
	assert.ok(rows.length > 0);
	for (const row of rows) assert.equal(row.forbidden_applies, '0', `${row.worker_id} applied in a forbidden section`);
}

test('the example workers are there and current', async () => {
	const { list } = await all((worker) => worker.applied_version === worker.target_version, 20000, 'current workers');
	assert.ok(list.length >= 2, `${list.length} workers`);
	for (const worker of list) {
		assert.match(worker.config_hash, /^[0-9a-f]{64}$/);
		assert.equal(worker.environment, ENVIRONMENT);
		assert.equal(worker.lag_versions, 0);
	}
});

test('a threshold is applied by every worker within a second, and never inside a cycle', async () => {
	const times = [];
	for (let round = 0; round < 5; round++) {
		const version = await save({ CVN_ENTRY_THRESHOLD: fraction() });
		const { list, ms } = await all(applied(version), 10000, `version ${version} applied`);
		times.push(ms);
		// The same values in force, the same hash; unless a worker still holds a risk limit back.
		const current = list.filter((worker) => worker.state === 'current' && worker.applied_version === list[0].applied_version);
		assert.ok(new Set(current.map((worker) => worker.config_hash)).size <= 1);
	}
	const [, , median] = times.sort((a, b) => a - b); // one may meet a machine that does something else
	assert.ok(median < 1000, `${times.map(Math.round)} ms`);
	await assertNothingForbidden();
});

test('the hash a worker reports is that of the values the API shows', async () => {
	await eventually(
		async () => {
			const config = (await s.call('viewer', 'GET', `/api/config/${ENVIRONMENT}`)).body;
			const same = (await workers()).filter((w) => w.state === 'current' && w.applied_version === config.version);
			if (same.length === 0) return false;
			// Canonical JSON: members by name, no blanks.
			const names = Object.keys(config.values).sort();
			const canonical = JSON.stringify(Object.fromEntries(names.map((name) => [name, config.values[name]])));
			const hash = createHash('sha256').update(canonical).digest('hex');
			for (const worker of same) assert.equal(worker.config_hash, hash, worker.worker_id);
			return true;
		},
		30000,
		'a current worker',
	);
});

test('a change set is applied whole, though its parameters have different boundaries', async () => {
	const before = await value('CVN_STOP_LOSS_PCT');
	const cooldown = (await value('CVN_COOLDOWN')) === '80s' ? '90s' : '80s';
	const version = await save({ CVN_STOP_LOSS_PCT: before === '0.4' ? '0.6' : '0.4', CVN_COOLDOWN: cooldown });
	// A worker with a position open holds both back, and says what for; none names only one of the two.
	const seen = [];
	await all(
		(worker) => {
			const names = worker.pending.filter((p) => p.version === version).map((p) => p.name);
			seen.push(names.sort().join());
			return worker.applied_version >= version;
		},
		30000,
		`version ${version} applied`,
	);
	for (const names of seen) assert.ok(names === '' || names === 'CVN_COOLDOWN,CVN_STOP_LOSS_PCT', names);
	await assertNothingForbidden();
});

test('a risk limit waits for positions, is applied in the end, and its waiting is told', async () => {
	const version = await save({ CVN_TAKE_PROFIT_PCT: (await value('CVN_TAKE_PROFIT_PCT')) === '2.5' ? '2.75' : '2.5' });
	await all(
		(worker) => {
			if (worker.applied_version >= version) return true;
			const waits = [null, 'cycle_end', 'section_end', 'position_close', 'heartbeat'];
			assert.ok(waits.includes(worker.waiting_for), worker.waiting_for);
			return false;
		},
		30000,
		`version ${version} applied`,
	);
	await assertNothingForbidden();
});

test('what is not hot reloadable is named, does not hold the version back, and goes when taken back', async () => {
	const before = await value('CVN_MODEL_TYPE');
	const version = await save({ CVN_MODEL_TYPE: before === 'catboost' ? 'lightgbm' : 'catboost' });
	try {
		const { list } = await all((w) => w.restart_required.includes('CVN_MODEL_TYPE'), 5000, 'restart_required');
		for (const worker of list) assert.equal(worker.state, 'restart_required');
		await all(applied(version), 30000, `version ${version} counted`);
	} finally {
		const restored = await save({ CVN_MODEL_TYPE: before });
		await all((w) => applied(restored)(w) && !w.restart_required.includes('CVN_MODEL_TYPE'), 30000, 'no restart required');
	}
});

test('a burst of saves ends at the newest value everywhere', async () => {
	let version;
	for (let i = 0; i < 10; i++) version = await save({ CVN_ENTRY_THRESHOLD: fraction() });
	await all(applied(version), 10000, `version ${version} applied`);
	await assertNothingForbidden();
});

test('the worker role reads its configuration and writes none', async () => {
	const database = s.run.worker_database;
	assert.ok(database, 'run.json has worker_database');
	const rows = await s.sql(`select count(*) as n from resolved_config where environment = '${ENVIRONMENT}'`, database);
	assert.ok(Number(rows[0].n) > 30);
	const forbidden = [
		`update active_config set version = version + 1 where environment = '${ENVIRONMENT}'`,
		'delete from active_config_entries',
		"insert into workers (worker_id, environment) values ('x', 'paper')",
		'select * from operators',
		'select * from sessions',
		"select * from config_write('paper', 'save', 1, '{}', '[]', null, 'x', null, 'x', 'x')",
	];
	for (const statement of forbidden) await assert.rejects(s.sql(statement, database), /permission denied/, statement);
});
