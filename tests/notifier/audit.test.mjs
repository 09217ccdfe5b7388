// The audit log: a JSON object a line, whatever people write into a reason, and never a secret in any log there is.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, request, stack } from '../lib/stack.mjs';

const s = stack();
const folder = [join(s.state, 'home/log'), join(s.state, 'log')].find((path) => existsSync(path));
const read = (name) => readFileSync(join(folder, name), 'utf8');
const lines = (name) => read(name).split('\n').filter(Boolean);
const events = (name, event) => lines(name).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)).filter((line) => line.event === event);

async function save(environment, reason) {
	const value = `0.${Math.floor(1e9 + Math.random() * 8e9)}1`;
	const reply = await s.save('editor', environment, { CVN_ENTRY_THRESHOLD: value }, reason);
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
}

test('a save is a line, and so is what each worker does of it', async () => {
	const version = await save('paper', 'an audit');
	const is = (line) => line.env === 'paper' && line.config_version === version && line.parameter_name === 'CVN_ENTRY_THRESHOLD' && line.changed_by === 'editor';
	await eventually(() => events('cvn-config-api.log', 'config_change_saved').some(is), 5000, 'the save');
	const { workers } = (await s.call('viewer', 'GET', '/api/workers?environment=paper')).body;
	const there = workers.filter((worker) => worker.state !== 'offline' && /^worker-\d+$/.test(worker.worker_id));
	for (const { worker_id } of there)
		await eventually(() => events('cvn-config-notifier.log', 'config_change_applied').some((line) => is(line) && line.worker === worker_id),
			15000, `the apply by ${worker_id}`);
});

test('a control character in a reason cannot break a line', async () => {
	const reason = 'two\nlines \u0000\u001b[31m {"event":"forged"} "';
	const body = { changes: { CVN_ENTRY_THRESHOLD: '0.5' }, reason };
	await s.call('editor', 'POST', '/api/config/dev', { headers: { 'If-Match': '*', 'X-Request-Id': 'a\tb' }, body });
	await save('dev', 'said "twice" \\ and so on {"event":"forged"}');
	await s.call(null, 'GET', '/api/%0a%22%7b?a=%0d%0a{"event":"forged"}');
	for (const name of ['cvn-config-api.log', 'cvn-config-notifier.log'])
		for (const line of lines(name)) {
			const parsed = JSON.parse(line);
			assert.ok(parsed.ts && parsed.level && parsed.component && parsed.event, line);
			assert.notEqual(parsed.event, 'forged');
		}
});

test('no secret is in any log', async () => {
	const secrets = Object.values(s.credentials).map((one) => one.password);
	const basic = Buffer.from(`editor:${s.credentials.editor.password}`).toString('base64');
	const login = await s.call(null, 'POST', '/api/session', { body: { login: 'editor', password: s.credentials.editor.password } });
	const cookie = login.headers['set-cookie'][0].match(/cvn_session=([^;]+)/)[1];
	const made = (await s.call('admin', 'POST', '/api/tokens', { body: { name: 'an audit', role: 'viewer', environment: '*' } })).body;
	const wrong = randomBytes(12).toString('hex');
	const login_as = `not-a-password-${randomBytes(8).toString('hex')}`;
	const asks = [{ Cookie: `cvn_session=${cookie}` }, { Authorization: `Bearer ${made.token}` }, { Authorization: `Basic ${basic}` },
		{ Authorization: `Bearer ${wrong}` }, { Authorization: `Basic ${Buffer.from(`editor:${wrong}`).toString('base64')}` }];
	for (const headers of asks)
		for (const [url, path] of [[s.url, '/api/me'], [s.url, '/api/events'], [s.url, '/api/nowhere'], [s.run.notifier, '/api/events'], [s.run.notifier, '/api/nowhere']])
			await request(url, 'GET', path, { headers });
	await s.call(null, 'POST', '/api/session', { body: { login: 'editor', password: login_as } });
	await s.call(null, 'POST', '/api/session', { body: `{"login":"editor","password":"${login_as}",` });
	await s.call(null, 'DELETE', '/api/session', { headers: { Cookie: `cvn_session=${cookie}` } });
	await s.call('admin', 'DELETE', `/api/tokens/${made.id}`);
	secrets.push(cookie, made.token, wrong, login_as, basic);
	await eventually(() => read('access.log').includes('/api/nowhere'), 5000, 'nginx to write its log');
	for (const name of readdirSync(folder)) {
		const text = read(name);
		for (const secret of secrets) assert.ok(!text.includes(secret), `${name} has a secret`);
	}
});
