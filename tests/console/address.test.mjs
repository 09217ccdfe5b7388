// The editor's address and its keys: what is open is a step back, and everything is reached from the home row.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { anotherTime } from '../lib/another.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { launch } from './browser.mjs';
import { focused, press, review, row, stage, visitor } from './steps.mjs';

const shared = stack();
const { save, sql } = shared;
const env = await environment(sql, 'test-address');
const [one, two] = ['CVN_COOLDOWN', 'CVN_COOLDOWN_AFTER_LOSS'];

let browser;
before(async () => {
	browser = await launch();
});
after(() => browser?.close());
const visit = visitor(() => browser, shared);
const open = (page) => page.locator('dialog[open]').count();

describe('the review', () => {
	it('is in the address: Back closes it, Forward and a reload open it, and it is of what is staged', () =>
		visit('editor', `/config/${env}?q=cooldown`, async (page) => {
			await stage(page, one, anotherTime());
			await review(page);
			assert.match(page.url(), /[?&]review=/);
			await page.goBack();
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			assert.equal(new URL(page.url()).search, '?q=cooldown');
			await page.goForward();
			await page.locator('dialog[open] .diff').waitFor();
			page.once('dialog', (asked) => asked.accept()); // what is staged guards the tab
			await page.reload();
			await page.locator(`dialog[open] tr[data-name="${one}"]`).waitFor();
			await press(page, 'Escape');
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await page.waitForURL((url) => !url.searchParams.has('review')); // a step back comes after the closing
		}));

	it('that is left with nothing in it is over: what is staged next does not open it', () =>
		visit('editor', `/config/${env}`, async (page) => {
			await stage(page, one, anotherTime());
			assert.equal((await save('editor', env, { [one]: anotherTime() })).status, 200);
			await page.getByText('saved elsewhere meanwhile', { exact: false }).first().waitFor();
			await page.locator('.tray .primary').click();
			await page.getByRole('button', { name: `Theirs for ${one}` }).click();
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await stage(page, two, anotherTime());
			await page.locator('.tray').waitFor();
			assert.equal(await open(page), 0);
			await page.waitForURL((url) => !url.searchParams.has('review'));
		}));
});

describe('the keys', () => {
	it('lead from anywhere to the first value, open it, and do nothing once they are switched off', () =>
		visit('editor', `/config/${env}?q=cooldown`, async (page) => {
			const first = page.locator('tr[data-name]').first();
			await first.waitFor();
			const name = await first.getAttribute('data-name');
			await press(page, 'j');
			await focused(page, `tr[data-name="${name}"] .value-button`);
			await press(page, 'e');
			await page.getByLabel(`New value of ${name}`).waitFor();
			assert.doesNotMatch(await page.getByLabel(`New value of ${name}`).inputValue(), /e$/);
			await press(page, 'Escape');
			await focused(page, `tr[data-name="${name}"] .value-button`);
			await page.getByRole('button', { name: /^Account/ }).click();
			await page.getByLabel('Single-key shortcuts').uncheck();
			await press(page, 'Escape');
			await row(page, name).locator('.value-button').focus();
			await press(page, 'e', 'j', 'F2');
			await page.getByLabel(`New value of ${name}`).waitFor(); // F2 of the first row: j did not move
		}));
});

describe('a large number', () => {
	it('reads in a line of the history as it does in the table', async () => {
		const name = 'CVN_MIN_VOLUME_USD';
		const number = 1_000_000 + Math.floor(Math.random() * 1_000_000);
		const read = String(number).replace(/(...)(...)$/, '\u202f$1\u202f$2');
		assert.equal((await save('editor', env, { [name]: String(number) })).status, 200);
		await visit('viewer', `/config/${env}?q=${name}`, (page) => row(page, name).getByText(read).waitFor());
		await visit('viewer', `/history?environment=${env}`, (page) =>
			page.locator('[data-entry]').first().locator('ins').getByText(read, { exact: true }).waitFor(),
		);
	});
});

describe('a machine without a network', () => {
	it('is said at once, and over as soon as it is back', () =>
		visit(
			'viewer',
			`/config/${env}`,
			async (page, context) => {
				await page.getByText('live updates').waitFor();
				await context.setOffline(true);
				await page.getByText(/^stale since/).waitFor({ timeout: 5000 });
				await context.setOffline(false);
				await page.getByText('live updates').waitFor();
			},
			{ tolerate: /ERR_INTERNET_DISCONNECTED/ },
		));
});

describe('at 360 px', () => {
	it('the page one is on is in sight in the bar, however far to the right it is', () =>
		visit(
			'viewer',
			'/admin/environments',
			async (page) => {
				for (const label of ['Main', 'Administration']) {
					const current = page.getByRole('navigation', { name: label }).locator('[aria-current]');
					await current.waitFor();
					await eventually(
						() =>
							current.evaluate((link) => {
								const { left, right } = link.getBoundingClientRect();
								return left >= 0 && right <= innerWidth;
							}),
						3000,
						`${label} in sight`,
					);
				}
			},
			{ width: 360, height: 740 },
		));
});
