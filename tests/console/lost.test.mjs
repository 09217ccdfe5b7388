// Goal of these tests: what is lost on the way, an answer or the moment of an event, leads neither to a second write nor
// to an old value that is shown as the one in force.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { another, anotherTime } from '../lib/another.mjs';
import { stack } from '../lib/stack.mjs';
import { launch } from './browser.mjs';
import { live, review, stage, visitor } from './steps.mjs';

const shared = stack();
const { call, sql, save, version } = shared;
const env = await environment(sql, 'test-lost');
const plain = 'CVN_COOLDOWN';
const second = 'CVN_COOLDOWN_AFTER_LOSS';
const critical = 'CVN_MAX_POSITION_USD';

let browser;
before(async () => {
	browser = await launch();
	await withdraw(await waiting()); // of a former run that failed
});
after(() => browser?.close());
const visit = visitor(() => browser, shared);
const lossy = { tolerate: /ERR_|Failed to fetch|status of 502/ };

const primary = (page) => page.locator('dialog[open]').last().locator('button.primary');
const note = (page, text) => page.locator('dialog[open] .note.bad', { hasText: text });
const value = async (name) => (await call('viewer', 'GET', `/api/config/${env}/${name}`)).body.value;
const waiting = async () =>
	(await call('viewer', 'GET', `/api/changes?environment=${env}&state=pending_approval`)).body.changes;
const withdraw = async (changes) => {
	for (const { id } of changes) await call('editor', 'POST', `/api/changes/${id}/withdraw`, { body: {} });
};

// The write reaches the server; the answer does not come back. Says how many times it was sent.
async function loseAnswer(page, path) {
	const sent = { times: 0 };
	await page.route(`**${path}`, async (route) => {
		if (route.request().method() !== 'POST') return route.continue();
		sent.times += 1;
		await route.fetch();
		return route.abort();
	});
	return sent;
}

describe('an answer that is lost', () => {
	it('to a save: what was saved is followed, and is not saved again', () =>
		visit(
			'editor',
			`/config/${env}`,
			async (page) => {
				const next = anotherTime();
				const before = await version(env);
				await stage(page, plain, next);
				await review(page);
				await page.getByLabel('Reason').fill('its answer is lost');
				const sent = await loseAnswer(page, `/api/config/${env}`);
				await primary(page).click();
				await page.locator('.rollout', { hasText: `v${before + 1}` }).waitFor();
				assert.equal(await page.locator('dialog[open]').count(), 0);
				assert.deepEqual([sent.times, await version(env), await value(plain)], [1, before + 1, next]);
			},
			lossy,
		));

	it('to a proposal: it is found, shown, and there is one of it', () =>
		visit(
			'editor',
			`/config/${env}`,
			async (page) => {
				await stage(page, critical, another());
				await review(page);
				await page.getByLabel('Reason').fill('its answer is lost');
				const sent = await loseAnswer(page, '/api/changes');
				await primary(page).click();
				await page.locator('dialog[open] .change[data-state="pending_approval"]').waitFor();
				const made = await waiting();
				await withdraw(made);
				assert.deepEqual([sent.times, made.length], [1, 1]);
			},
			lossy,
		));

	it('with the server out of reach: it is said, and the next attempt finds what the first one made', () =>
		visit(
			'editor',
			`/config/${env}`,
			async (page) => {
				await stage(page, critical, another());
				await review(page);
				await page.getByLabel('Reason').fill('its answer is lost, and the way as well');
				const sent = await loseAnswer(page, '/api/changes');
				await page.route('**/api/changes?request_id=*', (route) => route.abort());
				await primary(page).click();
				await note(page, 'not known whether this was written').waitFor();
				await page.unroute('**/api/changes?request_id=*');
				await primary(page).click();
				await page.locator('dialog[open] .change[data-state="pending_approval"]').waitFor();
				const made = await waiting();
				await withdraw(made);
				assert.deepEqual([sent.times, made.length], [1, 1]);
			},
			lossy,
		));

	const silences = {
		'no answer at all': (route) => route.abort(),
		'what a proxy says instead': (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
	};
	for (const [what, answer] of Object.entries(silences))
		it(`and nothing was written, with ${what}: it is said, and the next attempt writes it`, () =>
			visit(
				'editor',
				`/config/${env}`,
				async (page) => {
					const next = anotherTime();
					await stage(page, plain, next);
					await review(page);
					await page.getByLabel('Reason').fill('it does not arrive');
					const path = `**/api/config/${env}`;
					await page.route(path, (route) => (route.request().method() === 'POST' ? answer(route) : route.continue()));
					await primary(page).click();
					await note(page, 'not known whether this was written').waitFor();
					assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0); // it would not save
					await page.unroute(path);
					await primary(page).click();
					await page.locator('.rollout').waitFor();
					assert.equal(await value(plain), next);
				},
				lossy,
			));
});

describe('what was not planned', () => {
	it('is not sent: while the plan of other changes is made, the button waits for it', () =>
		visit('editor', `/config/${env}`, async (page) => {
			await stage(page, critical, another());
			await stage(page, plain, anotherTime());
			await review(page);
			await page.getByLabel('Reason').fill('the rest of it');
			let release;
			const held = new Promise((resolve) => (release = resolve));
			let sent = 0;
			await page.route(`**/api/config/${env}/plan`, (route) => held.then(() => route.continue()));
			page.on('request', (request) => {
				if (request.method() === 'POST' && /\/api\/(changes|config\/[^/]+)$/.test(request.url())) sent += 1;
			});
			await page.getByRole('button', { name: `Unstage ${critical} and save the rest` }).click();
			await page.locator('dialog[open] .primary[aria-disabled="true"]').waitFor();
			await primary(page).click({ force: true });
			assert.equal(sent, 0);
			release();
			await page.locator('dialog[open] .primary[aria-disabled="false"]').waitFor();
			await primary(page).click();
			await page.locator('.rollout').waitFor();
			assert.deepEqual([sent, await waiting()], [1, []]);
		}));
});

describe('an event that comes while the first answer is on its way', () => {
	it('is not missed: the value that it tells of is shown', async () => {
		const [old, next] = [anotherTime(), anotherTime()];
		assert.equal((await save('editor', env, { [second]: old })).status, 200);
		await visit('viewer', '/', async (page) => {
			await page.getByText('live updates').waitFor();
			let first = true;
			await page.route(`**/api/config/${env}`, async (route) => {
				if (!first) return route.continue();
				first = false;
				const response = await route.fetch();
				const told = page.waitForRequest((request) => request.url().endsWith('/api/environments'));
				assert.equal((await save('editor', env, { [second]: next })).status, 200);
				await told;
				return route.fulfill({ response });
			});
			await page.getByRole('link', { name: env, exact: true }).first().click();
			await live(page, second).getByText(next, { exact: true }).waitFor();
		});
	});
});

describe('what has not been read', () => {
	it('is not said to be nothing: neither decisions nor what needs attention', () =>
		visit('approver', '/', async (page) => {
			await page.getByText('live updates').waitFor();
			await page.route(/api\/(changes\?.*pending_approval|environments$)/, (route) =>
				route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"not available","status":503}' }),
			);
			for (const [path, there, claim] of [
				['/changes?view=all', '[data-change]', 'Nothing waits for your decision'],
				[`/dashboard?environment=${env}`, '.tiles, .placeholder', 'Nothing needs attention'],
			]) {
				await page.goto(path);
				await page.locator(there).first().waitFor();
				assert.equal(await page.getByText(claim).count(), 0, path);
			}
		}));

	it('an address of an entry without its moment names none, and is no fault', () =>
		visit('viewer', '/history?entry=12', async (page) => {
			await page.getByText('There is no such entry').waitFor();
			assert.equal(await page.locator('dialog[open] .note.bad').count(), 0);
		}));
});
