// What the bar says of where one is: an environment, or all of them; and where it leads from there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { anotherTime } from '../lib/another.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { launch } from './browser.mjs';
import { visitor } from './steps.mjs';

const shared = stack();
const { call, sql, save } = shared;
const env = await environment(sql, 'test-scope');

let browser;
let change;
before(async () => {
	browser = await launch();
	const reply = await save('editor', env, { CVN_COOLDOWN: anotherTime() });
	assert.equal(reply.status, 200);
	change = reply.body.change_id;
});
after(() => browser?.close());
const visit = visitor(() => browser, shared);

const pill = (page) => page.locator('.env-switch');
const says = (page, text) => eventually(async () => text.test(await pill(page).textContent()), 5000, `the bar to say ${text}`);
const everywhere = /^Environment All environments$/;

describe('after work in one environment', () => {
	for (const path of ['/', '/changes', '/history', '/runs', '/compare', '/dashboard', '/admin/catalog', '/admin/rules', '/admin/operators', '/admin/freeze', '/admin/environments'])
		it(`${path} is said to be about all of them`, () =>
			visit('admin', `/config/${env}`, async (page) => {
				await says(page, new RegExp(env));
				await page.goto(path);
				await says(page, everywhere);
				await page.getByRole('link', { name: `Parameters of ${env}` }).waitFor();
			}));

	it('a change is about its environment, whatever was worked in before', () =>
		visit('editor', '/config/live', async (page) => {
			await page.goto(`/changes/${change}`);
			await says(page, new RegExp(`${env}v\\d+`));
		}));

	it('a change that is not there is about none in particular', () =>
		visit('editor', '/config/live', async (page) => {
			await page.goto('/changes/999999999');
			await says(page, everywhere);
		}));
});

describe('the menu of environments', () => {
	it('narrows a list to one of them, and back to all', () =>
		visit('editor', '/history', async (page) => {
			await says(page, everywhere);
			await pill(page).click();
			await page.locator('#environments').getByRole('link', { name: env }).first().click();
			await says(page, new RegExp(env));
			assert.equal(new URL(page.url()).search, `?environment=${env}`);
			await pill(page).click();
			await page.locator('#environments').getByRole('link', { name: 'All environments' }).click();
			await says(page, everywhere);
			assert.equal(new URL(page.url()).search, '');
		}));

	it('leads to the parameters from a page that cannot be narrowed', () =>
		visit('admin', '/admin/rules', async (page) => {
			await pill(page).click();
			await page.locator('#environments').getByRole('link', { name: env }).first().click();
			await page.waitForURL(`**/config/${env}`);
			await says(page, new RegExp(env));
		}));
});

describe('a lock', () => {
	it('shows where it matters when somebody takes it, and is gone when they leave it, without asking', () =>
		visit('admin', `/config/${env}`, async (page) => {
			await page.locator('tr[data-name]').first().waitFor();
			const asked = [];
			page.on('request', (request) => request.url().endsWith('/api/environments') && asked.push(Date.now()));
			const lock = (method) => call('editor', method, `/api/environments/${env}/lock`);
			assert.equal((await lock('PUT')).status, 200);
			try {
				await page.getByText(`editor holds the lock of ${env}`).waitFor();
			} finally {
				assert.equal((await lock('DELETE')).status, 204);
			}
			await page.getByText(`editor holds the lock of ${env}`).waitFor({ state: 'detached' });
			assert.ok(asked.length > 0);
		}));
});
