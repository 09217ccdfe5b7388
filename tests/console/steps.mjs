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
// four, or { login, password }) and at `path`. `browser` is asked for when a page is. The first visit of a login goes
// through the form, later ones have its session.
export function visitor(browser, { url, credentials }) {
	const sessions = new Map();

	async function enter(page, context, { login, password }, path) {
		if (sessions.has(login)) {
			await context.addCookies(sessions.get(login));
			await page.goto(path);
			await page.locator('header.top').waitFor();
		} else {
			await logIn(page, login, password, path);
			sessions.set(login, await context.cookies());
		}
	}

	return async function visit(role, path, work, options) {
		const who = typeof role === 'string' ? { login: role, ...credentials[role] } : role;
		const { page, context, faults } = await open(browser(), url, options);
		try {
			await enter(page, context, who, path);
			await work(page, context);
			assert.deepEqual(faults, []);
		} finally {
			await context.close();
		}
	};
}

// Milliseconds from a key in the filter to the frame after the one that shows it, for each text that the filter then
// holds: the least of as many rounds as it takes until all are below `enough`, or of `rounds`. The least, since a busy
// machine only adds to what a key needs: a page that needs more than `enough` is not below it in any round.
export async function keystrokes(page, texts, enough, rounds = 20) {
	let least = texts.map(() => Infinity);
	for (let round = 0; round < rounds && Math.max(...least) >= enough; round++) {
		const times = await page.evaluate(async (all) => {
			const input = document.querySelector('.find input');
			const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
			const took = [];
			for (const text of all) {
				await painted();
				const begun = performance.now();
				input.value = text;
				input.dispatchEvent(new InputEvent('input', { bubbles: true }));
				await painted();
				took.push(performance.now() - begun);
			}
			return took;
		}, texts);
		least = least.map((ms, i) => Math.min(ms, times[i]));
	}
	return least;
}

const sizes = { wide: { width: 1280, height: 860 }, narrow: { width: 360, height: 740 } };

// In the page: what the stylesheet moves has come to rest.
async function settled() {
	await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
	await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
}

// Calls `look` with `light-wide` and so on, while the page is shown in this theme and at this width.
export async function eachLook(page, look) {
	for (const colorScheme of ['light', 'dark'])
		for (const [shape, size] of Object.entries(sizes)) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize(size);
			await page.evaluate(settled);
			await look(`${colorScheme}-${shape}`);
		}
}

// A moment as the console says it, in a pattern: of today the time alone, of another day with its date. Any test may run
// at midnight.
export const shortMoment = String.raw`(?:\d+ \S+ \d{4}, )?\d\d:\d\d:\d\d`;

// The page scrolls in one direction only.
export const sideways = (page) =>
	page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
