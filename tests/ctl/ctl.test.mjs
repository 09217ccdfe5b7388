// cvnctl against the running stack: what it prints, where, and what it exits with.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';
import { operator, start } from './cvnctl.mjs';

const s = stack();
const secrets = mkdtempSync(join(tmpdir(), 'cvnctl-'));
after(() => rmSync(secrets, { recursive: true }));

// A parameter and two of its values that no other test of `dev` saves.
const NAME = 'CVN_COOLDOWN_AFTER_ERROR';

// Starts cvnctl as an operator (null: as nobody).
function startAs(role, words, { url = s.url, password } = {}) {
	return start(words, { CVN_URL: url, ...(role === null ? {} : operator(s, secrets, role, password)) });
}

const run = (role, words, options) => startAs(role, words, options).done;

const save = (...words) => run('editor', ['config', 'set', 'dev', ...words, '--reason', 'a test of cvnctl']);

test('get prints every value of the environment, and the version beside them', async () => {
	const { body } = await s.call('viewer', 'GET', '/api/config/dev');
	const { exit, out, said } = await run('viewer', ['config', 'get', 'dev']);
	assert.equal(exit, 0, said);
	const names = out.trimEnd().split('\n').slice(1).map((line) => line.split(' ')[0]);
	assert.deepEqual(names, Object.keys(body.values));
	assert.match(said, /^dev, version \d+$/m);
});

test('get of one parameter prints its value and nothing else', async () => {
	const { exit, out, said } = await run('viewer', ['config', 'get', 'live', 'CVN_TAKE_PROFIT_PCT']);
	const { body } = await s.call('viewer', 'GET', '/api/config/live/CVN_TAKE_PROFIT_PCT');
	assert.deepEqual({ exit, out, said }, { exit: 0, out: `${body.value}\n`, said: '' });
});

test('a plan tells the difference and writes nothing; its command saves; the plan is then empty', async () => {
	await save(`${NAME}=80s`);
	const planned = await run('viewer', ['config', 'plan', 'dev', `${NAME}=90s`]);
	assert.equal(planned.exit, 1, planned.said);
	assert.match(planned.out, new RegExp(`^${NAME} +80s +90s +cooldown$`, 'm'));
	assert.match(planned.said, new RegExp(`cvnctl config set dev ${NAME}=90s --if-version \\d+ --reason`));
	assert.equal((await run('viewer', ['config', 'get', 'dev', NAME])).out, '80s\n');

	const saved = await save(`${NAME}=90s`);
	assert.equal(saved.exit, 0, saved.said);
	assert.match(saved.out, new RegExp(`^${NAME} +80s +90s$`, 'm'));
	assert.match(saved.said, /^dev is at version \d+ \(change \d+\)$/m);
	const again = await run('viewer', ['config', 'plan', 'dev', `${NAME}=90s`, '--json']);
	assert.equal(again.exit, 0, again.said);
	assert.deepEqual(JSON.parse(again.out).diff, []);
});

test('NAME- returns a parameter to its default', async () => {
	await save(`${NAME}=90s`);
	const saved = await save(`${NAME}-`);
	assert.equal(saved.exit, 0, saved.said);
	const { body } = await s.call('viewer', 'GET', `/api/config/dev/${NAME}`);
	assert.equal(body.source, 'default');
});

const refusals = [
	['a value out of bounds', 'editor', ['dev', 'CVN_ENTRY_THRESHOLD=1.5'], /422 invalid[^]*CVN_ENTRY_THRESHOLD +above_maximum/],
	['an unknown parameter', 'editor', ['dev', 'CVN_NO_SUCH=1'], /CVN_NO_SUCH +unknown_parameter/],
	['a critical parameter', 'editor', ['dev', 'CVN_MAX_POSITION_USD=1'], /403 critical_requires_approval[^]*next: propose it instead/],
	['a stale version', 'editor', ['dev', `${NAME}=80s`, '--if-version', '1'], /412 stale[^]*--if-version \d+/],
	['an environment that is not there', 'editor', ['moon', `${NAME}=80s`], /404 not_found/],
	['a role that may not', 'viewer', ['dev', `${NAME}=80s`], /403 forbidden/],
	['nobody', null, ['dev', `${NAME}=80s`], /401 unauthenticated[^]*next: say who asks/],
];
for (const [what, role, words, said] of refusals) {
	test(`${what} is refused: exit 1, no data, the reason and the request's id on standard error`, async () => {
		await save(`${NAME}=90s`); // so that version 1 is past
		const result = await run(role, ['config', 'set', ...words, '--reason', 'a test']);
		assert.equal(result.exit, 1, result.said);
		assert.equal(result.out, '');
		assert.match(result.said, said);
		assert.match(result.said, /^ {2}request: \S+$/m);
	});
}

test('--json prints a refusal as the API sent it', async () => {
	const { exit, out, said } = await run('viewer', ['config', 'get', 'moon', '--json']);
	assert.equal(exit, 1);
	assert.equal(out, '');
	assert.equal(JSON.parse(said).code, 'not_found');
});

test('a wrong password is refused', async () => {
	const { exit, said } = await run('viewer', ['worker', 'list'], { password: 'wrong' });
	assert.equal(exit, 1);
	assert.match(said, /401 unauthenticated/);
});

test('without a server there is no connection', async () => {
	const { exit, said } = await run('viewer', ['worker', 'list'], { url: 'http://127.0.0.1:1' });
	assert.equal(exit, 3);
	assert.match(said, /no answer: [^]*nothing was written\n {2}where: GET http:\/\/127\.0\.0\.1:1\/api\/workers\n/);
});

test('worker list shows what the API says of each worker', async () => {
	const { body } = await s.call('viewer', 'GET', '/api/workers?environment=paper');
	assert.ok(body.workers.length > 0);
	const { exit, out, said } = await run('viewer', ['worker', 'list', '--environment', 'paper']);
	assert.equal(exit, 0, said);
	for (const { worker_id } of body.workers) assert.match(out, new RegExp(`^${worker_id} +paper +\\w+ +\\d+ +\\d+`, 'm'));
});

// The version of the watched parameter's event, once it is on the output.
const seen = (watch) =>
	eventually(() => {
		const lines = watch.out().split('\n').filter((line) => line !== '');
		return lines.map((line) => JSON.parse(line)).find((event) => event.type === 'config_changed' && event.key === NAME);
	});

test('watch prints an event as it happens', async () => {
	const watch = startAs('viewer', ['watch', 'dev', '--json']);
	try {
		await eventually(() => /^watching dev$/m.test(watch.said()));
		await save(`${NAME}=80s`);
		await save(`${NAME}=90s`);
		const event = await seen(watch);
		assert.equal(event.environment, 'dev');
		assert.ok(event.version > 1);
	} finally {
		watch.child.kill();
		await watch.done;
	}
});

test('watch stops after its count', async () => {
	const watch = startAs('viewer', ['watch', 'dev', '--count', '1']);
	await eventually(() => /^watching dev$/m.test(watch.said()));
	await save(`${NAME}=80s`);
	await save(`${NAME}=90s`);
	const { exit, out } = await watch.done;
	assert.equal(exit, 0);
	assert.match(out, /^\w+ dev [^\n]+\n$/);
});

// A relay to the stack whose connections can be cut.
async function relay() {
	const { hostname, port } = new URL(s.url);
	const sockets = new Set();
	let open = true;
	const server = net.createServer((left) => {
		if (!open) return left.destroy();
		const right = net.connect(Number(port), hostname);
		for (const [one, other] of [[left, right], [right, left]]) {
			sockets.add(one);
			one.on('error', () => other.destroy());
			one.on('close', () => (sockets.delete(one), other.destroy()));
			one.pipe(other);
		}
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const cut = () => ((open = false), sockets.forEach((socket) => socket.destroy()));
	const mend = () => (open = true);
	const close = () => (cut(), server.close());
	return { url: `http://127.0.0.1:${server.address().port}`, cut, mend, close };
}

test('watch misses nothing that happens while its link is cut', async () => {
	const link = await relay();
	const watch = startAs('viewer', ['watch', 'dev', '--json'], { url: link.url });
	try {
		await eventually(() => /^watching dev$/m.test(watch.said()));
		link.cut();
		await eventually(() => /trying again/.test(watch.said()));
		await save(`${NAME}=80s`);
		await save(`${NAME}=90s`);
		link.mend();
		await eventually(() => /connected again/.test(watch.said()), 15000);
		assert.ok(await seen(watch));
	} finally {
		watch.child.kill();
		await watch.done;
		link.close();
	}
});

test('a run is frozen, found, compared and run again', async () => {
	const id = `ctl-${Date.now().toString(36)}-${process.pid}`;
	const freeze = (run_id, depth) => run('editor', ['run', 'freeze', run_id, 'backtest', 'dev', '--factors', `{"depth":"${depth}"}`, '--code-version', '@-']);
	assert.equal((await freeze(`${id}-a`, 3)).exit, 2); // nothing on standard input is no JSON

	const words = ['run', 'freeze', `${id}-a`, 'backtest', 'dev', '--factors', '{"depth":"3"}', '--code-version', '{"git":"abc"}'];
	const first = await run('editor', words);
	assert.equal(first.exit, 0, first.said);
	assert.match(first.out, /^[0-9a-f]{64}\n$/);
	const again = await run('editor', words);
	assert.deepEqual([again.exit, again.out], [0, first.out]);
	assert.match(again.said, /was already pinned/);
	const other = await run('editor', words.map((word) => (word === '{"depth":"3"}' ? '{"depth":0.5}' : word)));
	assert.equal(other.exit, 1);
	assert.match(other.said, /depth +bad_int/);

	const rerun = await run('editor', ['run', 'rerun', `${id}-a`, `${id}-b`]);
	assert.deepEqual([rerun.exit, rerun.out], [0, first.out], rerun.said);
	assert.deepEqual((await run('viewer', ['run', 'diff', `${id}-a`, `${id}-b`])), { exit: 0, out: '', said: '' });
	const list = await run('viewer', ['run', 'list', '--hash', first.out.trim(), '--kind', 'backtest']);
	assert.equal(list.exit, 0, list.said);
	const listed = list.out.split('\n').map((line) => line.split(' ')[0]).filter((name) => name.startsWith(id));
	assert.deepEqual(listed, [`${id}-b`, `${id}-a`]);
	assert.equal((await run('viewer', words)).exit, 1);
});
