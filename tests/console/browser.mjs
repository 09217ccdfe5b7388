// A Chromium that remembers what a console must never do: errors in its console, violations of the policy.
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const flags = [
	'--headless',
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = () =>
	chromium.launch({ executablePath: process.env.CVN_CHROMIUM ?? '/usr/bin/chromium', args: flags });

// What Chromium itself reports of an answer that the console expects and handles: not an error of ours.
const expected = (text) => /status of (401|403|404|409|412|422|503)/.test(text);

// A page of its own context: { page, faults } where faults fills with everything that must not happen.
export async function open(
	browser,
	url,
	{ scheme = 'light', width = 1280, height = 860, tolerate = /^$/, ...more } = {},
) {
	const context = await browser.newContext({
		baseURL: url,
		viewport: { width, height },
		colorScheme: scheme,
		...more,
	});
	const faults = [];
	await context.exposeFunction('cvnFault', (text) => faults.push(text));
	await context.addInitScript(() => {
		addEventListener('securitypolicyviolation', (event) => {
			window.cvnFault(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
		});
	});
	const page = await context.newPage();
	page.setDefaultTimeout(10_000);
	page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
	page.on('console', (message) => {
		if (message.type() === 'error' && !expected(message.text()) && !tolerate.test(message.text()))
			faults.push(`console: ${message.text()}`);
	});
	return { page, context, faults };
}

// Logs in through the form, as a person would, and is back at `path` afterwards.
export async function logIn(page, login, password, path = '/') {
	await page.goto(path);
	await page.getByLabel('Login').fill(login);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Log in' }).click();
	await page.getByRole('heading', { level: 1, name: path === '/' ? 'Environments' : /./ }).waitFor();
	await page.locator('header.top').waitFor();
}

// axe's findings on what is shown now, one line each. Evaluated, since the policy forbids to add a script.
export async function findings(page) {
	await page.evaluate(() => document.fonts.ready);
	// A colour that is on its way to another one is neither.
	await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
	await page.evaluate(axeSource);
	const { violations } = await page.evaluate(() =>
		window.axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		}),
	);
	return violations.flatMap(({ id, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
	);
}

// Writes a picture where CVN_SCREENSHOT_DIR names a directory; nothing otherwise.
export async function screenshot(page, name) {
	const directory = process.env.CVN_SCREENSHOT_DIR;
	if (!directory) return;
	await mkdir(directory, { recursive: true });
	await page.evaluate(() => document.fonts.ready);
	await page.screenshot({ path: join(directory, `${name}.png`) });
}
