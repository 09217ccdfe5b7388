// cvnctl against the running stack: what is proposed, approved, restored, moved and applied, and what is known when an
// answer is lost.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { environment } from '../api/environment.mjs';
import { another, anotherTime } from '../lib/another.mjs';
import { stack } from '../lib/stack.mjs';
import { operator, start, startOnTerminal } from './cvnctl.mjs';

const s = stack();
const place = mkdtempSync(join(tmpdir(), 'cvnctl-'));
after(() => rmSync(place, { recursive: true }));

const CRITICAL = 'CVN_MAX_POSITION_USD';
const PLAIN = 'CVN_COOLDOWN_AFTER_ERROR';
const env = await environment(s.sql, 'test-ctl');
const other = await environment(s.sql, 'test-ctl-other');

const who = (role, url = s.url) => ({ CVN_URL: url, ...operator(s, place, role) });
const run = (role, ...words) => start(words, who(role)).done;

// The same, which must end with `exit`.
async function expect(exit, role, ...words) {
	const result = await run(role, ...words);
	assert.equal(result.exit, exit, `${words.join(' ')}: ${result.said}`);
	return result;
}

const json = async (role, ...words) => JSON.parse((await expect(0, role, ...words, '--json')).out);
const value = async (name, where = env) => (await expect(0, 'viewer', 'config', 'get', where, name)).out.trim();
const why = ['--reason', 'a test of cvnctl'];
const pending = (wanted) => json('editor', 'change', 'create', env, `${CRITICAL}=${wanted}`, '--submit', ...why);

test('a critical value is proposed by one, approved by another by its hash, and is then in force', async () => {
	const wanted = another();
	const proposed = await expect(0, 'editor', 'change', 'create', env, `${CRITICAL}=${wanted}`, '--submit', ...why);
	const [, id, hash] = proposed.said.match(/cvnctl change approve (\d+) --hash ([0-9a-f]{64})$/m);
	const listed = await expect(0, 'approver', 'change', 'list', '--environment', env, '--state', 'pending_approval');
	assert.match(listed.out, new RegExp(`^${id} +${env} +change_set +pending_approval `, 'm'));

	const refused = await expect(1, 'editor', 'change', 'approve', id, '--hash', hash);
	assert.match(refused.said, /403 /);
	const stale = await expect(1, 'approver', 'change', 'approve', id, '--hash', '0'.repeat(64));
	assert.match(stale.said, /409 stale_approval/);
	assert.notEqual(await value(CRITICAL), wanted);

	const approved = await expect(0, 'approver', 'change', 'approve', id, '--hash', hash, '--comment', 'fine');
	assert.match(approved.said, new RegExp(`^${env} is at version \\d+ \\(change ${id}\\)$`, 'm'));
	assert.equal(await value(CRITICAL), wanted);
	const shown = await expect(0, 'viewer', 'change', 'show', id);
	assert.match(shown.out, /^state +active$/m);
	assert.match(shown.out, /^comment +fine$/m);
});

test('without a terminal and without a hash nothing is approved: nothing was seen', async () => {
	const { id } = await pending(another());
	const { said } = await expect(2, 'approver', 'change', 'approve', String(id));
	assert.match(said, /nobody is at a terminal/);
	assert.equal((await json('viewer', 'change', 'show', String(id))).state, 'pending_approval');
	await expect(0, 'editor', 'change', 'withdraw', String(id));
});

for (const [typed, exit, state] of [['yes', 0, 'active'], ['no', 1, 'pending_approval']]) {
	test(`on a terminal the difference and the hash are shown; ${typed} leaves it ${state}`, async () => {
		const wanted = another();
		const set = await pending(wanted);
		const result = await startOnTerminal(['change', 'approve', String(set.id)], who('approver'), `${typed}\n`).done;
		assert.equal(result.exit, exit, result.out);
		assert.ok(result.out.includes(set.content_hash) && result.out.includes(wanted), result.out);
		assert.equal((await json('viewer', 'change', 'show', String(set.id))).state, state);
		if (state !== 'active') await expect(0, 'approver', 'change', 'reject', String(set.id), '--comment', 'no');
	});
}

test('a draft is edited, rebased after its base moved, submitted and withdrawn', async () => {
	const { id } = await json('editor', 'change', 'create', env, `${CRITICAL}=${another()}`, ...why);
	const wanted = another();
	await expect(0, 'editor', 'change', 'edit', String(id), `${CRITICAL}=${wanted}`);
	await expect(0, 'editor', 'config', 'set', env, `${PLAIN}=${anotherTime()}`, ...why);
	const rebased = await json('editor', 'change', 'rebase', String(id));
	assert.equal(rebased.diff[0].new, wanted);
	assert.equal((await json('editor', 'change', 'submit', String(id))).state, 'pending_approval');
	assert.equal((await json('editor', 'change', 'withdraw', String(id))).state, 'withdrawn');
});

// A gate to the stack that lets every request through and cuts the answer to each write.
async function cutter() {
	const { hostname, port } = new URL(s.url);
	const server = http.createServer((request, response) => {
		const options = { hostname, port, method: request.method, path: request.url, headers: request.headers };
		const passed = http.request(options, (answer) => {
			if (request.method !== 'GET') return answer.on('data', () => {}).on('end', () => request.socket.destroy());
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
		});
		request.pipe(passed);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const lost = [
	['a save', (wanted) => ['config', 'set', env, `${PLAIN}=${wanted}`, ...why], 'entries'],
	['a draft', (wanted) => ['change', 'create', env, `${PLAIN}=${wanted}`, ...why], 'changes'],
];
for (const [what, words, member] of lost) {
	test(`when the answer to ${what} is cut, the command that is named finds what was written`, async (t) => {
		const gate = await cutter();
		t.after(gate.close);
		const wanted = anotherTime();
		const result = await start(words(wanted), who('editor', gate.url)).done;
		assert.equal(result.exit, 3, result.said);
		assert.match(result.said, /it is not known whether this was written/);
		const [, next] = result.said.match(/next: cvnctl (\S+ list --request-id \S+) /);
		const found = await json('viewer', ...next.split(' '));
		assert.equal(found[member].length, 1);
		assert.equal(found[member][0].diff[0].new, wanted);
	});
}

test('an approval whose answer is cut is found in the change set', async (t) => {
	const gate = await cutter();
	t.after(gate.close);
	const { id, content_hash: hash } = await pending(another());
	const result = await start(['change', 'approve', String(id), '--hash', hash], who('approver', gate.url)).done;
	assert.equal(result.exit, 3, result.said);
	const [, next] = result.said.match(/next: cvnctl (change show \d+) /);
	assert.equal((await json('viewer', ...next.split(' '))).state, 'active');
});

test('an environment is exported, edited in its file, compared and imported', async () => {
	await expect(0, 'editor', 'config', 'set', env, `${PLAIN}=${anotherTime()}`, ...why);
	const file = join(place, 'exported.json');
	await expect(0, 'viewer', 'config', 'export', env, '-o', file);
	assert.equal((await expect(0, 'viewer', 'config', 'diff', env, file)).out, '');

	const document = JSON.parse(readFileSync(file, 'utf8'));
	document.values[PLAIN] = '77000ms';
	writeFileSync(file, JSON.stringify(document));
	const diff = await expect(1, 'viewer', 'config', 'diff', env, file, '--json');
	assert.deepEqual(JSON.parse(diff.out).differences.map(({ name, right }) => [name, right]), [[PLAIN, '77s']]);
	const dry = await expect(1, 'editor', 'config', 'import', env, file, '--dry-run', ...why);
	assert.match(dry.out, new RegExp(`^${PLAIN} +\\d+\\w+ +77s +cooldown$`, 'm'));
	assert.notEqual(await value(PLAIN), '77s');
	await expect(0, 'editor', 'config', 'import', env, file, ...why);
	assert.equal(await value(PLAIN), '77s');

	// The file says on which version it is based: what came after is not lost without a word.
	const late = await expect(1, 'editor', 'config', 'import', env, file, ...why);
	assert.match(late.said, /412 stale[^]*--if-version \d+/);
	const past = await expect(1, 'viewer', 'config', 'diff', env, '--version', String(document.version));
	assert.match(past.out, new RegExp(`^${PLAIN} +77s +`, 'm'));
});

test('values are promoted from another environment, and the two are then the same there', async () => {
	const wanted = anotherTime();
	await expect(0, 'editor', 'config', 'set', other, `${PLAIN}=${wanted}`, ...why);
	const words = ['config', 'promote', env, '--from', other, PLAIN, ...why];
	assert.notEqual((await expect(1, 'viewer', 'config', 'compare', env, other)).out, '');
	await expect(1, 'editor', ...words, '--dry-run');
	assert.notEqual(await value(PLAIN), wanted);
	await expect(0, 'editor', ...words);
	assert.equal(await value(PLAIN), wanted);
});

test('an entry of the history is found and taken back; the chain is whole', async () => {
	const before = anotherTime();
	await expect(0, 'editor', 'config', 'set', env, `${PLAIN}=${before}`, ...why);
	await expect(0, 'editor', 'config', 'set', env, `${PLAIN}=${anotherTime()}`, ...why);
	const kept = await value(PLAIN);
	const { entries } = await json('viewer', 'history', 'list', '--environment', env, '--name', PLAIN, '--count', '1');
	assert.equal(entries.length, 1);
	assert.notEqual(kept, before);
	await expect(0, 'editor', 'history', 'restore', String(entries[0].id), '--before', ...why);
	assert.equal(await value(PLAIN), entries[0].diff[0].old);
	await expect(0, 'editor', 'history', 'restore', String(entries[0].id), ...why);
	assert.equal(await value(PLAIN), kept);
	assert.match((await expect(0, 'viewer', 'history', 'verify', env)).out, /is whole: \d+ entries/);
});

// Without a default, so that no environment changes and it can be deleted again.
test('a catalog file is applied once, and again it changes nothing', async () => {
	const name = `TEST_CTL_${Date.now()}_${process.pid}`;
	const file = join(place, 'catalog.json');
	const define = (more) => writeFileSync(file, JSON.stringify({ variables: [{ name, type: 'decimal', category: 'threshold', min_value: '0.50', ...more }] }));
	const apply = (exit, ...words) => expect(exit, 'admin', 'catalog', 'apply', file, ...words);

	define({});
	assert.match((await apply(1, '--dry-run')).said, /1 to be created/);
	await expect(1, 'viewer', 'catalog', 'show', name);
	assert.match((await apply(0, ...why)).said, /^1 created, 0 replaced/m);
	try {
		assert.match((await apply(0, ...why)).said, /^0 created, 0 replaced, 1 as/m);
		define({ max_value: '2.0' });
		assert.match((await apply(0, ...why)).out, new RegExp(`^${name} +replace +max_value +- +2$`, 'm'));
		assert.match((await expect(0, 'viewer', 'catalog', 'show', name)).out, /^values +0\.5 \.\. 2$/m);
		define({ max_value: '0.1' });
		assert.match((await apply(1, ...why)).said, /422 invalid[^]*1 not done/);
		assert.match((await expect(1, 'viewer', 'catalog', 'apply', file, ...why)).said, /403 forbidden/);
	} finally {
		assert.equal((await s.call('admin', 'DELETE', `/api/catalog/${name}`)).status, 204);
	}
});

test('what the server has is applied to it without a change', async () => {
	const file = join(place, 'whole.json');
	writeFileSync(file, (await expect(0, 'viewer', 'catalog', 'list', '--json')).out);
	assert.deepEqual((await expect(0, 'admin', 'catalog', 'apply', file, '--dry-run')).out, '');
});

test('a freeze window holds a save back, which says what to do; a lock does not hold back who took it', async () => {
	const set = ['config', 'set', other, `${PLAIN}=${anotherTime()}`, ...why];
	const window = await json('admin', 'freeze', 'create', other, '--starts', '2026-01-01T00:00:00Z', '--ends', '2126-01-01T00:00:00Z', ...why);
	try {
		assert.match((await expect(0, 'viewer', 'freeze', 'list')).out, new RegExp(`^${window.id} +${other} `, 'm'));
		assert.match((await expect(1, 'editor', ...set)).said, /409 frozen[^]*next: wait for the end of the freeze window/);
	} finally {
		await expect(0, 'admin', 'freeze', 'delete', String(window.id));
	}
	await expect(0, 'editor', 'environment', 'lock', other);
	try {
		assert.match((await expect(0, 'viewer', 'environment', 'list')).out, new RegExp(`^${other} .* editor`, 'm'));
		await expect(0, 'editor', ...set);
	} finally {
		await expect(0, 'editor', 'environment', 'unlock', other);
	}
});

const bodies = [
	[['config', 'compare', env, other], `/api/config/${env}/compare/${other}`],
	[['config', 'export', env], `/api/config/${env}/export`],
	[['change', 'list', '--environment', other], `/api/changes?environment=${other}`],
	[['history', 'list', '--environment', other, '--count', '2'], `/api/history?environment=${other}&limit=2`],
	[['history', 'verify', other], `/api/history/verify?environment=${other}`],
	[['catalog', 'show', PLAIN], `/api/catalog/${PLAIN}`],
	[['freeze', 'list'], '/api/freeze-windows'],
];
for (const [words, path] of bodies) {
	test(`${words.slice(0, 2).join(' ')} --json is the API's own body`, async () => {
		const { body } = await s.call('viewer', 'GET', path);
		assert.deepEqual(JSON.parse((await run('viewer', ...words, '--json')).out), body);
	});
}
