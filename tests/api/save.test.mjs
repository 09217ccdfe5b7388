// Goal: a save is validated under the row lock, written once with its history, and every refusal is a problem that
// leaves every table as it was. Works on environment `dev`, which others save to as well.
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { test } from 'node:test';

import { replaysAfterEach } from '../lib/replay.mjs';
import { stack } from '../lib/stack.mjs';

const { call, sql, save, version, run } = stack();
replaysAfterEach(sql);
const NAME = 'CVN_ENTRY_THRESHOLD';
const PATH = `/api/config/dev/${NAME}`;
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// A valid value that is not the current one.
const fresh = () => `0.${1 + Math.floor(Math.random() * 8)}${String(Math.floor(Math.random() * 1e9)).padStart(9, '0')}1`;

// Everything a save could touch in dev, but what other requests wrote after `since`.
async function fingerprint() {
	const [{ hash }] = await sql(`select md5(string_agg(line, chr(10) order by line)) as hash from (
		select 'a' || a::text as line from active_config a where environment = 'dev'
		union all select 'e' || e::text from active_config_entries e join active_config a on a.id = e.config_id and a.environment = 'dev'
		union all select 'c' || c::text from config_changes c where environment = 'dev'
		union all select 'v' || v::text from config_change_events v join config_changes c on c.id = v.change_id and c.environment = 'dev'
		union all select 'h' || h::text from config_history h where environment = 'dev') t`);
	return hash;
}

const rowsOf = async (id) => {
	const [{ n }] = await sql(`select (select count(*) from config_changes where request_id = ${quoted(id)})
		+ (select count(*) from config_history where request_id = ${quoted(id)}) as n`);
	return Number(n);
};

// Makes the call, which must be refused; compares all tables, unless somebody else saved meanwhile: then once more.
async function refused(role, path, options) {
	for (let attempt = 0; ; attempt++) {
		const id = randomUUID();
		const before = await fingerprint();
		const reply = await call(role, 'POST', path, { ...options, headers: { 'X-Request-Id': id, ...options.headers } });
		const after = await fingerprint();
		assert.equal(await rowsOf(id), 0, 'a refused request left a row');
		assert.equal(reply.body?.instance, id);
		if (before === after) return reply;
		assert.ok(attempt < 5, `${path} was refused with ${reply.status}, and the tables are not as they were`);
	}
}

function isProblem(reply, status, code) {
	assert.equal(reply.status, status, JSON.stringify(reply.body));
	assert.match(reply.headers['content-type'], /^application\/problem\+json/);
	assert.equal(reply.headers['cache-control'], 'no-store');
	assert.equal(reply.body.status, status);
	assert.equal(reply.body.code, code);
	for (const member of ['type', 'title', 'detail', 'instance']) assert.equal(typeof reply.body[member], 'string', member);
	if (code === 'invalid') assert.ok(reply.body.detail.startsWith(reply.body.errors[0].name) && reply.body.detail.includes(reply.body.errors[0].detail.slice(0, 60)), JSON.stringify(reply.body));
}

const any = { 'If-Match': '*' };
const ok = { value: '0.51', reason: 'a test' };

test('a save is one version, one change set, one row of history, and the chain verifies', async () => {
	for (let attempt = 0; ; attempt++) {
		const base = await version('dev');
		const id = randomUUID();
		const value = fresh();
		const headers = { 'If-Match': `"${base}"`, 'X-Request-Id': id };
		const reply = await call('editor', 'POST', PATH, { headers, body: { value, reason: 'one save' } });
		if (reply.status === 412 && attempt < 9) continue;
		assert.equal(reply.status, 200, JSON.stringify(reply.body));
		assert.equal(reply.body.version, base + 1);
		assert.equal(reply.headers.etag, `"${base + 1}"`);
		assert.equal(reply.headers['x-request-id'], id);
		assert.deepEqual(Object.keys(reply.body).sort(), ['change_id', 'diff', 'version']);
		assert.equal(reply.body.diff.length, 1);
		assert.deepEqual(Object.keys(reply.body.diff[0]).sort(), ['name', 'new', 'old']);
		assert.equal(reply.body.diff[0].new, value);
		const rows = await sql(`select h.version, h.change_id, h.changed_by, h.change_reason, h.diff::text as diff, c.state, c.content_hash
			from config_history h join config_changes c on c.id = h.change_id where h.request_id = '${id}'`);
		assert.equal(rows.length, 1);
		assert.deepEqual([rows[0].version, rows[0].change_id], [String(base + 1), String(reply.body.change_id)]);
		assert.deepEqual([rows[0].changed_by, rows[0].change_reason], ['editor', 'one save']);
		assert.deepEqual(JSON.parse(rows[0].diff), { [NAME]: value });
		const old = JSON.stringify(reply.body.diff[0].old);
		const canonical = `{"changes":[{"name":"${NAME}","new":"${value}","old":${old}}],"environment":"dev"}`;
		assert.equal(rows[0].content_hash, createHash('sha256').update(canonical).digest('hex'));
		const [verified] = await sql(`select ok from history_verify('dev')`);
		assert.equal(verified.ok, 't');
		return;
	}
});

test('the value that was saved is the value that is read, with its origin', async () => {
	const value = fresh();
	const saved = await save('editor', 'dev', { [NAME]: value });
	assert.equal(saved.status, 200);
	const one = await call('viewer', 'GET', PATH);
	assert.equal(one.status, 200);
	assert.deepEqual(Object.keys(one.body), ['name', 'value', 'version', 'source', 'changed_at', 'changed_by']);
	assert.equal(one.body.value, value);
	assert.equal(one.body.source, 'entry');
	assert.equal(one.body.changed_by, 'editor');
	const past = await call('viewer', 'GET', `/api/config/dev?version=${saved.body.version}`);
	assert.equal(past.body.values[NAME], value);
	assert.equal(past.headers.etag, `"${saved.body.version}"`);
});

test('null returns to the default of the catalog', async () => {
	await save('editor', 'dev', { [NAME]: fresh() });
	const reply = await save('editor', 'dev', { [NAME]: null });
	assert.equal(reply.status, 200);
	const [{ default_value }] = await sql(`select default_value from variable_catalog where name = '${NAME}'`);
	const one = await call('viewer', 'GET', PATH);
	assert.deepEqual([one.body.value, one.body.source, one.body.changed_by], [default_value, 'default', null]);
});

for (const [value, code] of [['1.5', 'above_maximum'], ['-0.1', 'below_minimum'], ['nan', 'bad_decimal'], ['0x1', 'bad_decimal'],
	[' 1', 'bad_decimal'], ['1 ', 'bad_decimal'], ['', 'bad_decimal'], ['.5', 'bad_decimal'], ['1e-1', 'bad_decimal'], ['+1', 'bad_decimal'], ['0,5', 'bad_decimal']]) {
	test(`${JSON.stringify(value)} is 422 ${code}`, async () => {
		const reply = await refused('editor', PATH, { headers: any, body: { value, reason: 'a test' } });
		isProblem(reply, 422, 'invalid');
		assert.deepEqual(reply.body.errors.map(({ name, code }) => [name, code]), [[NAME, code]]);
	});
}

test('a write without If-Match is 428', async () => {
	isProblem(await refused('editor', PATH, { body: ok }), 428, 'precondition_required');
});

test('a stale If-Match is 412, with the current version and the diff against it', async () => {
	for (const tag of ['"999999"', 'W/"1"', '1', '"0"']) {
		const value = fresh();
		const reply = await refused('editor', PATH, { headers: { 'If-Match': tag }, body: { value, reason: 'a test' } });
		isProblem(reply, 412, 'stale');
		assert.ok(Number.isInteger(reply.body.current_version));
		assert.match(reply.body.detail, new RegExp(`dev is at version ${reply.body.current_version}, .* send If-Match: "${reply.body.current_version}"`));
		assert.deepEqual(reply.body.diff.map(({ name, new: text }) => [name, text]), [[NAME, value]]);
	}
});

test('one of the versions that If-Match lists is enough', async () => {
	for (let attempt = 0; ; attempt++) {
		const headers = { 'If-Match': `"999999", "${await version('dev')}"` };
		const { status } = await call('editor', 'POST', PATH, { headers, body: { value: fresh(), reason: 'a list' } });
		if (status === 412 && attempt < 9) continue;
		assert.equal(status, 200);
		return;
	}
});

test('nobody is 401 and the viewer is 403', async () => {
	const reply = await refused(null, PATH, { headers: any, body: ok });
	isProblem(reply, 401, 'unauthenticated');
	assert.doesNotMatch(reply.headers['www-authenticate'], /basic/i);
	for (const role of ['viewer', 'approver', 'admin']) {
		const forbidden = await refused(role, PATH, { headers: any, body: ok });
		isProblem(forbidden, 403, 'forbidden');
		assert.equal(forbidden.body.detail, 'this needs the role editor in dev');
	}
});

test('a critical parameter is 403, also among others', async () => {
	const named = async (changes, names, detail) => {
		const reply = await refused('editor', '/api/config/dev', { headers: any, body: { changes, reason: 'a test' } });
		isProblem(reply, 403, 'critical_requires_approval');
		assert.deepEqual(reply.body.errors.map((e) => [e.name, e.code]), names.map((name) => [name, 'critical_requires_approval']));
		assert.match(reply.body.detail, detail);
	};
	await named({ CVN_MAX_LEVERAGE: '3', [NAME]: fresh() }, ['CVN_MAX_LEVERAGE'], /^CVN_MAX_LEVERAGE is critical/);
	await named({ CVN_MAX_POSITION_USD: '1', CVN_MAX_LEVERAGE: '3' }, ['CVN_MAX_LEVERAGE', 'CVN_MAX_POSITION_USD'], /^CVN_MAX_LEVERAGE and others in errors are critical/);
	const one = await refused('editor', '/api/config/dev/CVN_MAX_LEVERAGE', { headers: any, body: { value: '3', reason: 'a test' } });
	isProblem(one, 403, 'critical_requires_approval');
	assert.deepEqual(one.body.errors.map((e) => e.name), ['CVN_MAX_LEVERAGE']);
});

test('what is equal in canonical form is no change', async () => {
	const { body } = await call('viewer', 'GET', PATH);
	isProblem(await refused('editor', PATH, { headers: any, body: { value: `${body.value}${body.value.includes('.') ? '00' : '.0'}`, reason: 'same' } }), 422, 'no_change');
	isProblem(await refused('editor', '/api/config/dev', { headers: any, body: { changes: {}, reason: 'nothing' } }), 422, 'no_change');
});

test('all that is wrong is said at once: values, the missing reason, and rules over other values', async () => {
	const changes = { [NAME]: '2', CVN_COOLDOWN: 'soon', CVN_NO_SUCH: '1', CVN_ORDER_TYPE: 'market', CVN_FILTER_SPREAD: 'false' };
	const reply = await refused('editor', '/api/config/dev', { headers: any, body: { changes } });
	isProblem(reply, 422, 'invalid');
	assert.deepEqual(reply.body.errors.map(({ name, code }) => [name, code]), [['reason', 'reason_required'],
		['CVN_COOLDOWN', 'bad_duration'], [NAME, 'above_maximum'], ['CVN_NO_SUCH', 'unknown_parameter'],
		['CVN_FILTER_SPREAD', 'rule_violated'], ['CVN_ORDER_TYPE', 'rule_violated']]);
	isProblem(await refused('editor', PATH, { headers: any, body: { value: fresh(), reason: ' \n' } }), 422, 'invalid');
});

test('a violated rule names each parameter it is about', async () => {
	const reply = await refused('editor', '/api/config/dev', { headers: any,
		body: { changes: { CVN_ORDER_TYPE: 'market', CVN_FILTER_SPREAD: 'false' }, reason: 'a test' } });
	isProblem(reply, 422, 'invalid');
	const broken = reply.body.errors.filter(({ code }) => code === 'rule_violated').map(({ name }) => name);
	assert.ok(broken.includes('CVN_ORDER_TYPE') && broken.includes('CVN_FILTER_SPREAD'), JSON.stringify(reply.body.errors));
});

for (const [what, body] of [
	['an unknown member', { ...ok, changed_by: 'admin' }],
	['a number for a value', { value: 0.5, reason: 'a test' }],
	['a number for a reason', { value: '0.5', reason: 1 }],
	['no value', { reason: 'a test' }],
	['a duplicate key', '{"value":"0.5","value":"0.6","reason":"a test"}'],
	['NaN', '{"value":NaN,"reason":"a test"}'],
	['an array', '[]'],
	['nothing', ''],
	['a cut body', '{"value":"0.5"'],
	['U+0000', '{"value":"0.5\\u0000","reason":"a test"}'],
	['a lone surrogate', '{"value":"\\ud800","reason":"a test"}'],
	['bytes that are not UTF-8', Buffer.from('{"value":"\xff","reason":"a test"}', 'latin1')],
	['33 levels', `{"value":${'['.repeat(33)}${']'.repeat(33)},"reason":"a test"}`],
]) {
	test(`${what} is 400`, async () => isProblem(await refused('editor', PATH, { headers: any, body }), 400, 'malformed'));
}

test('another type than JSON is 415, and too much is 413', async () => {
	isProblem(await refused('editor', PATH, { headers: { ...any, 'Content-Type': 'text/plain' }, body: JSON.stringify(ok) }), 415, 'unsupported_media_type');
	isProblem(await refused('editor', PATH, { headers: { ...any, 'Content-Encoding': 'gzip' }, body: ok }), 415, 'unsupported_media_type');
	const reply = await call('editor', 'POST', PATH, { headers: any, body: { ...ok, reason: 'x'.repeat(1100000) } });
	isProblem(reply, 413, 'too_large');
	const changes = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`CVN_${i}`, '1']));
	isProblem(await refused('editor', '/api/config/dev', { headers: any, body: { changes, reason: 'too many' } }), 413, 'too_large');
});

test('a write from another site is 403 and one from our own page is not', async () => {
	for (const headers of [{ Origin: 'http://evil.test' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }])
		isProblem(await refused('editor', PATH, { headers: { ...any, ...headers }, body: ok }), 403, 'cross_site');
	const own = { Origin: new URL(run.url).origin, 'Sec-Fetch-Site': 'same-origin' };
	isProblem(await refused('editor', PATH, { headers: own, body: ok }), 428, 'precondition_required');
});

test('of eight saves of one version at once exactly one wins', async () => {
	for (let attempt = 0; ; attempt++) {
		const base = await version('dev');
		const headers = { 'If-Match': `"${base}"` };
		const replies = await Promise.all(Array.from({ length: 8 }, () => call('editor', 'POST', PATH, { headers, body: { value: fresh(), reason: 'a race' } })));
		const statuses = replies.map(({ status }) => status).sort();
		if (statuses[0] === 412 && attempt < 9) continue; // somebody else was faster than all of them
		assert.deepEqual(statuses, [200, ...Array(7).fill(412)]);
		for (const { body } of replies.filter(({ status }) => status === 412)) assert.ok(body.current_version > base);
		return;
	}
});

test('a plan says what a save would do and writes nothing', async () => {
	const changes = { CVN_COOLDOWN: '120s', CVN_MAX_LEVERAGE: '3', CVN_NO_SUCH: '1' };
	const id = randomUUID();
	const reply = await call('viewer', 'POST', '/api/config/dev/plan', { headers: { 'X-Request-Id': id }, body: { changes } });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	const plan = reply.body;
	assert.deepEqual(Object.keys(plan).sort(), ['base_version', 'boundaries', 'content_hash', 'critical', 'diff', 'environment', 'errors',
		'frozen', 'needs_approval', 'restart_required', 'workers']);
	assert.deepEqual(plan.errors.map(({ name, code }) => [name, code]), [['CVN_NO_SUCH', 'unknown_parameter']]);
	assert.deepEqual(plan.critical, ['CVN_MAX_LEVERAGE']);
	assert.equal(plan.needs_approval, true);
	assert.equal(plan.diff.find(({ name }) => name === 'CVN_MAX_LEVERAGE').new, '3');
	assert.equal(await rowsOf(id), 0);
});
