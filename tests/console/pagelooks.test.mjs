// What the pages around the editor look like: nothing that axe finds, nothing that scrolls sideways, in both themes and
// down to 360 px, at 200 % and where the system's colours rule; and a picture of each where CVN_SCREENSHOT_DIR says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { stack } from '../lib/stack.mjs';
import { findings, launch, screenshot } from './browser.mjs';
import { sideways, visitor } from './steps.mjs';

const shared = stack();
const { call, sql, save } = shared;
const env = await environment(sql, 'test-pagelooks');
const far = await environment(sql, 'test-looks-of-a-long-name-abroad'.slice(0, 31));
const [a, b] = ['looks-baseline', 'looks-candidate'];
// Nothing ever names it, so that it goes when the test does.
const long = `CVN_A_NAME_AS_LONG_AS_NAMES_CAN_BE_${Date.now().toString(36).toUpperCase()}`.padEnd(63, '_X');

let browser;
let entry;
let frozen;
before(async () => {
	browser = await launch();
	const changes = { CVN_COOLDOWN: '90s', CVN_SYMBOLS: '["BTCUSDT","ADAUSDT"]', CVN_ENTRY_THRESHOLD: '0.64' };
	const reason = 'Volatility is back to normal after the announcement; more symbols per desk decision';
	const freeze = async (id, seed) => {
		const body = { kind: 'backtest', environment: env, factors: { seed, learning_rate: '0.01' }, code_version: { git: `c0ffee${seed}` } };
		const { status } = await call('editor', 'PUT', `/api/runs/${id}`, { body });
		assert.ok([200, 201, 409].includes(status), String(status)); // bound by a former run of this test
	};
	const { status: cleared } = await save('editor', env, { CVN_COOLDOWN: null, CVN_SYMBOLS: null, CVN_ENTRY_THRESHOLD: null });
	assert.ok([200, 422].includes(cleared), String(cleared)); // 422: it is at its defaults
	await freeze(a, 1);
	assert.equal((await save('editor', env, changes, reason)).status, 200);
	await freeze(b, 2);
	[entry] = (await call('viewer', 'GET', `/api/history?environment=${env}&limit=1`)).body.entries;
	const definition = { type: 'list', category: 'threshold', group_name: 'Test', description: 'Long.', required: false, reason: 'a test' };
	const made = await call('admin', 'PUT', `/api/catalog/${long}`, { headers: { 'If-None-Match': '*' }, body: definition });
	assert.equal(made.status, 201, JSON.stringify(made.body));
	const at = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString();
	const window = { environment: far, starts_at: at(-1), ends_at: at(30), reason: 'nobody touches anything until the books are closed' };
	frozen = (await call('admin', 'POST', '/api/freeze-windows', { body: window })).body.id;
});
after(async () => {
	await browser?.close();
	await call('admin', 'DELETE', `/api/freeze-windows/${frozen}`);
	assert.equal((await call('admin', 'DELETE', `/api/catalog/${long}`)).status, 204);
});

// name: [address, what is there once it is to be looked at, what is done before].
const type = (label, text) => (page) => page.getByLabel(label, { exact: true }).fill(text);
const pages = {
	'environments-cards': [() => '/', '.card'],
	'parameters-long': [() => `/config/${far}/${long}?q=${long}`, `tr[data-name="${long}"]`],
	'catalog-long': [() => `/admin/catalog/${long}`, '.events li'],
	history: [() => `/history?environment=${env}`, '[data-entry]'],
	'history-entry': [() => `/history?entry=${entry.id}&at=${encodeURIComponent(entry.changed_at)}`, 'dialog[open] .diff'],
	'history-undo': [
		() => `/history?entry=${entry.id}&at=${encodeURIComponent(entry.changed_at)}&restore=before`,
		'dialog[open] .note.ok, dialog[open] .note.warn',
	],
	'history-none': [() => '/history?name=CVN_NOBODY', '.placeholder'],
	runs: [() => `/runs?environment=${env}&pick=${a}`, '[data-run]'],
	'runs-set': [() => `/runs?run=${b}`, 'dialog[open] .members'],
	'runs-compare': [() => `/runs/compare?a=${a}&b=${b}`, 'tr[data-name="CVN_COOLDOWN"]'],
	compare: [() => `/compare?left=${env}&right=live`, 'tr[data-name]'],
	'compare-import': [() => `/compare?left=${env}&right=live&import=${env}`, 'dialog[open]', type('or its text', '{')],
	catalog: [() => '/admin/catalog', 'tr[data-name]'],
	'catalog-edit': [() => '/admin/catalog/CVN_COOLDOWN', '.events li', type('Default', '2h')],
	'catalog-new': [() => '/admin/catalog/new', '.definition'],
	rules: [() => '/admin/rules', '[data-holds]'],
	'rules-edit': [() => '/admin/rules?rule=stop-below-target', 'dialog[open] [data-holds]', type('Expression', 'CVN_STOP_LOSS_PCT > 99')],
	operators: [() => '/admin/operators', '[data-login]'],
	'operators-edit': [() => '/admin/operators?operator=editor', 'dialog[open] .role-grid'],
	'tokens-new': [() => '/admin/operators?token=new', 'dialog[open]'],
	freeze: [() => '/admin/freeze', '.placeholder, [data-window]'],
	'freeze-new': [
		() => '/admin/freeze?window=new',
		'dialog[open]',
		(page) => page.getByLabel('How often').selectOption('weekly'),
	],
	environments: [() => '/admin/environments', 'tr[data-environment]'],
	'environments-new': [() => '/admin/environments?environment=new', 'dialog[open]'],
	dashboard: [() => '/dashboard', '.strip li'],
	palette: [
		() => '/history',
		'[data-entry]',
		async (page) => {
			await page.keyboard.press('Control+k');
			await page.locator('[role="option"]').first().waitFor();
		},
	],
	'not-found': [() => '/admin/nothing', '.placeholder'],
};

async function show(page, [address, there, make]) {
	await page.goto(address());
	await page.locator(there).first().waitFor();
	await make?.(page);
}

const shapes = { wide: { width: 1280, height: 860 }, narrow: { width: 360, height: 740 } };

for (const scheme of ['light', 'dark'])
	for (const [shape, size] of Object.entries(shapes))
		describe(`${scheme} and ${shape}`, () => {
			it('no page has anything that axe finds, or scrolls sideways', () =>
				visitor(() => browser, shared)(
					'admin',
					'/',
					async (page) => {
						const wrong = [];
						for (const [name, one] of Object.entries(pages)) {
							await show(page, one);
							for (const found of await findings(page)) wrong.push(`${name}: ${found}`);
							const over = await sideways(page);
							if (over > 0) wrong.push(`${name}: scrolls ${over} px sideways`);
							await screenshot(page, `page-${name}-${scheme}-${shape}`);
						}
						assert.deepEqual(wrong, []);
					},
					{ scheme, ...size },
				));
		});

describe('what axe does not check', () => {
	const visit = visitor(() => browser, shared);
	it('nothing is lost at 200 % and without motion', () =>
		visit(
			'admin',
			'/',
			async (page) => {
				for (const name of ['history', 'runs', 'compare', 'catalog-edit', 'rules', 'operators', 'dashboard']) {
					await show(page, pages[name]);
					assert.equal(await sideways(page), 0, name);
				}
			},
			{ width: 640, height: 430, deviceScaleFactor: 2, reducedMotion: 'reduce' },
		));

	it('what a colour says is said by words and shapes too, where the colours are the system’s', () =>
		visit(
			'admin',
			'/',
			async (page) => {
				await show(page, pages.rules);
				assert.match(await page.locator('[data-rule] [data-holds]').first().textContent(), /holds/);
				await show(page, pages.compare);
				assert.match(await page.locator('.data thead').textContent(), new RegExp(`${env}.*live`));
				await show(page, pages.palette);
				assert.equal(await page.locator('[role="option"][aria-selected="true"]').count(), 1);
			},
			{ forcedColors: 'active' },
		));

	it('every control of a page is reached by Tab, and seen when it has the focus', () =>
		visit('admin', '/admin/catalog/CVN_COOLDOWN', async (page) => {
			await page.locator('.events li').first().waitFor();
			const wanted = await page.evaluate(
				() => document.querySelectorAll('main :is(a[href], button, input, select, textarea):not([disabled])').length,
			);
			await page.locator('#main').focus();
			const reached = new Set();
			for (let i = 0; i < wanted; i++) {
				await page.keyboard.press('Tab');
				const at = await page.evaluate(() => {
					const element = document.activeElement;
					const { left, top, width, height } = element.getBoundingClientRect();
					const under = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 12));
					const seen = under !== null && (element.contains(under) || under.contains(element));
					const all = [...document.querySelectorAll('main *')];
					return { n: all.indexOf(element), seen, html: element.outerHTML.slice(0, 120) };
				});
				assert.ok(at.seen, `hidden: ${at.html}`);
				reached.add(at.n);
			}
			assert.equal(reached.size, wanted);
		}));
});
