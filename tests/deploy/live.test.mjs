// The stack watched by Prometheus and Alertmanager of Debian: a worker that is held back pages somebody, and every query of
// every dashboard has an answer.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, request, stack } from '../lib/stack.mjs';
import { dashboards, targets } from './grafana.mjs';
import { alerts as rules, list, text } from './files.mjs';
import { monitoring } from './monitoring.mjs';

const s = stack();
const ENVIRONMENT = 'test-deploy';
const worker = `held-${randomUUID().slice(0, 8)}`;
const token = randomBytes(24).toString('hex');
const undo = [];
let watched;
let applied = 1; // the version that the worker says it has applied
let beating;

// A worker that reports, as the long-poll feed does, and applies only what the test lets it.
async function report(more = {}) {
	const reply = await request(s.url, 'POST', `/api/workers/${worker}/report`, { headers: { Authorization: `Bearer ${token}` },
		body: { environment: ENVIRONMENT, build: 'test', state: 'current', applied_version: applied, config_hash: 'a'.repeat(64), ...more } });
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body.version;
}

async function save(environment) {
	const reply = await s.save('editor', environment, { CVN_ENTRY_THRESHOLD: `0.${Math.floor(1e9 + Math.random() * 8e9)}1` }, 'a test of the alerts');
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return Number(reply.body.version);
}

// What waits for approval, what was rejected, and a freeze of another year.
async function govern() {
	const propose = async (value) => {
		const made = await s.call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' },
			body: { environment: ENVIRONMENT, changes: { CVN_MAX_POSITION_USD: value }, reason: 'a test of the dashboards', submit: true } });
		assert.equal(made.status, 201, JSON.stringify(made.body));
		undo.push(() => s.call('editor', 'POST', `/api/changes/${made.body.id}/withdraw`, { body: {} }));
		return made.body.id;
	};
	await propose('60001');
	const rejected = await s.call('approver', 'POST', `/api/changes/${await propose('60002')}/reject`, { body: { comment: 'a test' } });
	assert.equal(rejected.status, 200, JSON.stringify(rejected.body));
	await freeze('2099-01-01T00:00:00Z', '2099-01-02T00:00:00Z');
}

// A freeze window; the caller may end it before the end.
async function freeze(starts_at, ends_at) {
	const made = await s.call('admin', 'POST', '/api/freeze-windows', { body: { environment: ENVIRONMENT, starts_at, ends_at, reason: 'a test of the alerts' } });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const thaw = () => s.call('admin', 'DELETE', `/api/freeze-windows/${made.body.id}`);
	undo.push(thaw);
	return thaw;
}

// The connection string of the role that Grafana has.
function reader() {
	const database = s.run.database.replace('user=cvn_owner', 'user=cvn_reader');
	assert.notEqual(database, s.run.database);
	return database;
}

const ofWorker = (list) => list.filter(({ labels }) => labels.alertname === 'CvnWorkerLag' && labels.worker === worker);
const named = (name, list) => list.filter(({ labels }) => labels.alertname === name && labels.environment === ENVIRONMENT);

before(async () => {
	const made = await s.call('admin', 'POST', '/api/environments', { body: { environment: ENVIRONMENT } });
	assert.ok([201, 409].includes(made.status), JSON.stringify(made.body));
	await s.sql(`insert into tokens (name, sha256, role, environment, created_by)
		values ('a test of the alerts', '${createHash('sha256').update(token).digest('hex')}', 'worker', '${ENVIRONMENT}', 'admin')`);
	undo.push(() => s.sql(`delete from tokens where name = 'a test of the alerts'`));
	await govern();
	applied = await s.version(ENVIRONMENT);
	await report();
	beating = setInterval(() => report().catch(() => {}), 2000); // one that fails is missed by the alert
	undo.push(() => report({ closed: true }), () => clearInterval(beating));
	watched = await monitoring(s, (done) => undo.push(done));
	await eventually(async () => (await watched.query(`cvn_worker_lag_versions{worker="${worker}"}`)).length === 2, 15000, 'the worker, on both ways');
});

after(async () => {
	for (const done of undo.reverse()) await done();
});

test('everything that is to be scraped is, and the API is there', async () => {
	await eventually(async () => (await watched.targets()).every((one) => one.health !== 'unknown'), 10000, 'a first scrape');
	const targets = await watched.targets();
	assert.deepEqual(targets.map((one) => [one.labels.job, one.health, one.lastError]).sort(),
		[['cvn_config_api', 'up', ''], ['cvn_config_notifier', 'up', ''], ['pushgateway', 'up', '']]);
	await eventually(async () => (await watched.query('probe_success{job="cvn_config_api"}'))[0]?.value[1] === '1', 5000, 'the probe');
});

test('a worker that is four versions behind pages somebody, once, with what to read', async () => {
	for (let i = 0; i < 4; i++) await save(ENVIRONMENT);
	await save('paper'); // which its workers apply: there is a latency to be shown
	await eventually(() => ofWorker(watched.received.page).length > 0, 30000, 'the page');
	const [alert] = ofWorker(watched.received.page);
	const rule = rules.find((one) => one.alert === 'CvnWorkerLag');
	assert.equal(alert.status, 'firing');
	assert.deepEqual(alert.labels, { alertname: 'CvnWorkerLag', environment: ENVIRONMENT, worker, ...rule.labels });
	assert.equal(alert.annotations.summary, `${worker} in ${ENVIRONMENT} runs with an old configuration`);
	assert.match(alert.annotations.description, /^4 versions behind, since [\d.ms ]+\.$/);
	assert.equal(alert.annotations.runbook_url, rule.annotations.runbook_url);
	assert.deepEqual(ofWorker(watched.received.chat), []);
	assert.deepEqual(ofWorker(await watched.alerts()).map((one) => one.state), ['firing']);
});

for (const dashboard of dashboards)
	for (const { panel, target } of targets(dashboard, 'prometheus'))
		test(`${dashboard.uid}: ${panel.title} (${target.refId}) has data`, async () => {
			const expression = target.expr.replaceAll('$__rate_interval', '1m').replaceAll('$environment', '.*').replaceAll('$worker', '.*');
			assert.ok(!expression.includes('$'), `a variable is left: ${expression}`);
			const numbers = (result) => result.filter((one) => !['NaN', undefined].includes(one.value[1]));
			await eventually(async () => numbers(await watched.query(expression)).length > 0, 15000, expression);
		});

for (const dashboard of dashboards)
	for (const { panel, target } of targets(dashboard, 'grafana-postgresql-datasource'))
		test(`${dashboard.uid}: ${panel.title} (${target.refId}) has rows for cvn_reader`, async () => {
			const statement = target.rawSql.replaceAll('$environment', `'paper', '${ENVIRONMENT}'`)
				.replace(/\$__timeFilter\(([^()]*)\)/g, `$1 between '2000-01-01' and now()`);
			assert.ok(!/\$[a-z_{]/.test(statement), `a variable is left: ${statement}`);
			assert.ok((await s.sql(statement, reader())).length > 0, statement);
		});

for (const dashboard of dashboards)
	for (const variable of dashboard.templating.list.filter((one) => one.type === 'query'))
		test(`${dashboard.uid}: there is something to choose from as ${variable.label}`, async () => {
			const choices = variable.datasource.type === 'prometheus'
				? await watched.labelValues(...variable.query.query.replaceAll('$environment', '.*').match(/^label_values\((.+), (\w+)\)$/).slice(1))
				: (await s.sql(variable.query, reader())).map((one) => one[variable.name]);
			assert.ok(choices.includes(variable.name === 'worker' ? worker : ENVIRONMENT), choices.join(' '));
		});

test('what the runbooks ask the database is a question that it understands', async () => {
	const asked = list('deploy/runbooks', '.md').flatMap((name) =>
		[...text(`deploy/runbooks/${name}`).matchAll(/`(select [^`]*)`/g)].map(([, statement]) => statement));
	assert.ok(asked.length >= 4, asked.join('\n'));
	for (const statement of asked) await s.sql(`explain ${statement.replace('PID', '0')}`, s.run.database);
});

test('when the worker has caught up, that is told as well', async () => {
	applied = await s.version(ENVIRONMENT);
	await report();
	await eventually(() => ofWorker(watched.received.page).some((one) => one.status === 'resolved'), 30000, 'the end of the alert');
});

test('a freeze is told in the chat, and holds back an approval that is due until it ends', async () => {
	const { received, routed } = watched;
	const thaw = await freeze(new Date(Date.now() - 1000).toISOString(), new Date(Date.now() + 600000).toISOString());
	await eventually(() => named('CvnFreezeInForce', received.chat).length > 0, 30000, 'the freeze');
	await s.sql(`update config_changes set submitted_at = clock_timestamp() - interval '31 minutes'
		where environment = '${ENVIRONMENT}' and state = 'pending_approval'`);
	const [held] = await eventually(async () => {
		const found = named('CvnApprovalPending', await routed());
		return found.length > 0 && found;
	}, 30000, 'the approval, at Alertmanager');
	assert.equal(held.status.state, 'suppressed');
	assert.deepEqual(named('CvnApprovalPending', received.chat), []);
	assert.equal((await thaw()).status, 204);
	await eventually(() => named('CvnApprovalPending', received.chat).some((one) => one.status === 'firing'), 30000, 'the approval, in the chat');
	assert.deepEqual([...named('CvnFreezeInForce', received.page), ...named('CvnApprovalPending', received.page)], []);
});
