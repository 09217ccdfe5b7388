// What the dashboard puts first: what needs attention, abridged where it is much.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { anotherTime } from '../lib/another.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { findings, launch } from './browser.mjs';
import { shortMoment, sideways, visitor } from './steps.mjs';
import { workersOf } from './workers.mjs';

const shared = stack();
const { call, sql, save, version } = shared;
const env = await environment(sql, 'test-dashboard');
const gone = Array.from({ length: 15 }, (_, i) => `gone-${10 + i}`);

let browser;
let workers;
before(async () => {
	browser = await launch();
	const reply = await save('editor', env, { CVN_COOLDOWN: anotherTime() });
	assert.equal(reply.status, 200);
	const run = { kind: 'backtest', environment: env, factors: {}, code_version: {} };
	const bound = await call('editor', 'PUT', '/api/runs/looked-at-narrowly', { body: run });
	assert.ok([200, 201, 409].includes(bound.status), String(bound.status)); // bound by a former run of this test
	const now = await version(env);
	workers = await workersOf(shared, env);
	for (const id of gone) await workers.report(id, { applied_version: now, closed: true });
	await workers.report('from-disk', { applied_version: now, started_from_cache: true });
	await workers.report('refusing', { applied_version: now - 1, state: 'rejected', rejected: { version: now, detail: 'not here' } });
	await workers.report('well', { applied_version: now });
});
after(async () => {
	await browser?.close();
	await workers?.end();
});
const visit = visitor(() => browser, shared);
const about = (page, what) => page.locator(`.attention [data-about="${what}"]`);
const open = (work, options) => visit('viewer', `/dashboard?environment=${env}`, work, options);

describe('what needs attention', () => {
	it('names the first few of many offline workers, and the rest when asked', () =>
		open(async (page) => {
			const offline = about(page, 'offline');
			await offline.waitFor();
			assert.match(await offline.textContent(), /15 workers offline gone-10, gone-11, gone-12 and 12 more/);
			const more = offline.getByRole('button', { name: 'and 12 more' });
			await more.focus();
			await page.keyboard.press('Enter');
			assert.ok((await offline.textContent()).includes(gone.join(', ')));
			const fewer = offline.getByRole('button', { name: 'show fewer' });
			assert.ok(await fewer.evaluate((element) => element === document.activeElement), 'the focus stays');
			assert.equal(await fewer.getAttribute('aria-expanded'), 'true');
			assert.deepEqual(await findings(page), []);
		}));

	it('tells of a worker that started from its cache: which, since when, with which version', async () => {
		const { body } = await call('viewer', 'GET', `/api/workers?environment=${env}`);
		const { started_at, applied_version } = body.workers.find(({ worker_id }) => worker_id === 'from-disk');
		assert.ok(Date.parse(started_at) > Date.now() - 10 * 60_000);
		await open(async (page) => {
			await about(page, 'cache').waitFor();
			assert.match(
				await about(page, 'cache').textContent(),
				new RegExp(`1 worker started from the cache.*from-disk \\(heard of since ${shortMoment}, at v${applied_version} of v${applied_version}\\)`),
			);
			await page.locator('[data-worker="from-disk"]').getByText('started from its cache').waitFor();
			assert.equal(await page.locator('[data-worker="well"] .mark-cache').count(), 0);
		});
	});

	it('comes before what is silent, and that before what is well', () =>
		open(async (page) => {
			await page.locator('[data-worker="well"]').waitFor();
			const shown = await page.locator('tr[data-worker]').evaluateAll((rows) => rows.map((row) => row.dataset.worker));
			assert.deepEqual(shown, ['refusing', ...gone, 'from-disk', 'well']);
		}));

	it('is first of all an id that two processes report under', async () => {
		const both = await environment(sql, 'test-dashboard-both');
		const pair = await workersOf(shared, both);
		try {
			const applied_version = await version(both);
			for (const instance of ['one', 'two', 'one']) await pair.report('both', { applied_version, instance });
			await visit('viewer', `/dashboard?environment=${both}`, async (page) => {
				await about(page, 'duplicate').waitFor();
				assert.match(await page.locator('.attention li').first().textContent(), /1 worker id in use by two processes both/);
				assert.deepEqual(await findings(page), []);
			});
		} finally {
			await pair.end();
		}
	});

	it('is told of the progress of a change as well', async () => {
		const { body } = await call('viewer', 'GET', `/api/changes?environment=${env}&state=active&limit=1`);
		await visit('viewer', `/changes/${body.changes[0].id}`, async (page) => {
			await page.locator('.steps [data-worker="from-disk"]').getByText('started from its cache').waitFor();
			await page.getByRole('button', { name: 'and 12 more' }).waitFor();
		});
	});
});

describe('at 360 px', () => {
	const narrow = { width: 360, height: 740 };
	it('what needs attention is read without scrolling sideways', () =>
		open(async (page) => {
			await about(page, 'offline').getByRole('button').click();
			assert.equal(await sideways(page), 0);
		}, narrow));

	it('the environments below the chart take as many lines as they need', async () => {
		const all = await Promise.all(['one', 'two', 'three'].map((name) => environment(sql, `test-dashboard-line-${name}`)));
		const applying = await Promise.all(all.map((name) => workersOf(shared, name)));
		try {
			for (const [i, name] of all.entries()) {
				const { body } = await save('editor', name, { CVN_COOLDOWN: anotherTime() });
				await applying[i].report(`${name}-worker`, { applied_version: body.version, applied_ms: 5 });
			}
			await visit(
				'viewer',
				'/dashboard',
				async (page) => {
					for (const name of all) await page.locator('.chart-foot .env', { hasText: name }).waitFor();
					assert.equal(await sideways(page), 0);
				},
				narrow,
			);
		} finally {
			for (const workers of applying) await workers.end();
		}
	});

	for (const path of [`/compare?left=${env}&right=live`, '/runs'])
		it(`${path.split('?')[0]} has each box on the line of what it picks`, () =>
			visit(
				'editor',
				path,
				async (page) => {
					const row = page.locator('.pickable tbody tr').first();
					await row.waitFor();
					const [box, name] = await Promise.all([row.locator('input').boundingBox(), row.locator('th code').boundingBox()]);
					assert.ok(Math.abs(box.y + box.height / 2 - name.y - name.height / 2) < 14, JSON.stringify([box, name]));
					assert.ok(box.x + box.width <= name.x);
				},
				narrow,
			));
});

describe('what happened', () => {
	it('is told with its day, in the list and below the chart, once that is not today any more', () =>
		open(async (page) => {
			await page.getByText('live updates').waitFor();
			const { version: now } = (await save('editor', env, { CVN_COOLDOWN: anotherTime() })).body;
			const told = page.locator('.stream li', { hasText: `saved as v${now}` }).locator('time');
			await told.waitFor();
			const date = /^\d+ \S+ \d{4}, \d\d:\d\d:\d\d$/;
			await page.route('**/api/workers', async (route) => {
				const response = await route.fetch();
				const tomorrow = new Date(Date.now() + 24 * 3_600_000).toUTCString();
				await route.fulfill({ response, headers: { ...response.headers(), date: tomorrow } });
			});
			// The workers are asked for again and again; their answer says what day it is.
			await eventually(async () => date.test((await told.textContent()).trim()), 10_000, 'the day of the event');
			await workers.report('well', { applied_version: now, applied_ms: 0 });
			await page.getByRole('button', { name: 'Show as a table' }).click();
			await page.locator('.chart-table tr', { hasText: `v${now}` }).getByText(date).waitFor();
		}));
});
