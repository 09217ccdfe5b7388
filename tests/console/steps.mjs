// What a person does on the console, for the tests that do it.
import assert from 'node:assert/strict';
import { eventually } from '../lib/stack.mjs';
import { logIn, open } from './browser.mjs';

export const row = (page, name) => page.locator(`tr[data-name="${name}"]`);
export const button = (page, name) => row(page, name).locator('.value-button');
export const live = (page, name) => button(page, name).locator('> .value');
export const field = (page, name) => page.getByLabel(`New value of ${name}`);

export async function type(page, name, text) {
	await button(page, name).click();
	await field(page, name).fill(text);
}

export async function stage(page, name, text) {
	await type(page, name, text);
	await page.keyboard.press('Enter');
	await row(page, name).locator('ins').waitFor();
}

export async function review(page) {
	await page.locator('.tray .primary').click();
	await page.locator('dialog[open] .diff').waitFor();
}

// Presses keys one after the other.
export const press = (page, ...keys) =>
	keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());

// Waits until what has the focus matches the selector.
export const focused = (page, selector) =>
	eventually(() => page.evaluate((one) => document.activeElement?.matches(one), selector), 5000, `focus on ${selector}`);

// visit(role, path, work, options): a page that must end without a fault, logged in as `role` (one of the stack's
// four, or { login, password }) and at `path`. `browser` is asked for when a page is.
export const visitor = (browser, { url, credentials }) =>
	async function visit(role, path, work, options) {
		const who = typeof role === 'string' ? { login: role, ...credentials[role] } : role;
		const { page, context, faults } = await open(browser(), url, options);
		try {
			await logIn(page, who.login, who.password, path);
			await work(page, context);
			assert.deepEqual(faults, []);
		} finally {
			await context.close();
		}
	};

// The page scrolls in one direction only.
export const sideways = (page) =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
