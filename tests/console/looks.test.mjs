// What the pages around change sets look like in each of their states: nothing that axe finds, nothing that scrolls
// sideways, in both themes and down to 360 px; and a picture of each where CVN_SCREENSHOT_DIR says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { another, anotherTime } from '../lib/another.mjs';
import { stack } from '../lib/stack.mjs';
import { findings, launch, screenshot } from './browser.mjs';
import { eachLook, review, sideways, stage, visitor } from './steps.mjs';
import { workersOf } from './workers.mjs';

const shared = stack();
const { call, sql, save, version } = shared;
const env = await environment(sql, 'test-looks');
const critical = 'CVN_MAX_POSITION_USD';
const plain = 'CVN_COOLDOWN';

let browser;
let workers;
const ids = {};
const verb = (role, id, name, body = {}) => call(role, 'POST', `/api/changes/${id}/${name}`, { body });

async function propose(changes, reason, submit = true) {
	const body = { environment: env, changes, reason, submit };
	const reply = await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	return reply.body;
}

// One change set in each state, and workers on their way.
before(async () => {
	browser = await launch();
	workers = await workersOf(shared, env);
	const room = 'Volatility is back to normal after the announcement; more room per desk decision';
	ids.draft = (await propose({ [critical]: another(), [plain]: anotherTime() }, 'A drill for Thursday', false)).id;
	ids.rejected = (await propose({ [critical]: another() }, 'Twice the size')).id;
	await verb('approver', ids.rejected, 'reject', { comment: 'Not before the new limits are agreed' });
	const applied = await propose(
		{ [critical]: another(), CVN_MAX_LEVERAGE: '3', CVN_SYMBOLS: '["BTCUSDT","ADAUSDT"]', CVN_STOP_LOSS_PCT: '0.6' },
		room,
	);
	ids.active = applied.id;
	const before = await version(env);
	await verb('approver', applied.id, 'approve', { content_hash: applied.content_hash, comment: 'As agreed' });
	const now = await version(env);
	const pending = applied.diff.map(({ name }) => ({ name, version: now }));
	const waiting = { applied_version: before, state: 'pending', pending };
	await workers.report('trader-1', { applied_version: now });
	await workers.report('trader-2', { applied_version: now, state: 'restart_required', restart_required: ['CVN_MAX_LEVERAGE'] });
	await workers.report('trader-3-of-the-execution-desk-in-singapore-2026', { ...waiting, waiting_for: 'position_close', waiting_ms: 250_000 });
	await workers.report('trader-4', { ...waiting, waiting_for: 'cycle_end', waiting_ms: 800 });
	await workers.report('trader-5', {
		...waiting,
		state: 'rejected',
		rejected: { version: now, detail: 'the exchange does not offer this leverage' },
	});
	ids.moved = (await propose({ [critical]: another(), [plain]: '77s' }, 'A longer pause, and more room for it')).id;
	assert.equal((await save('editor', env, { [plain]: '78s' })).status, 200);
	ids.pending = (await propose({ [critical]: another(), CVN_STOP_LOSS_PCT: '0.7' }, 'A wider stop for a larger position')).id;
});

after(async () => {
	await browser?.close();
	await workers?.end();
	for (const id of [ids.draft, ids.moved, ids.pending]) await verb('editor', id, 'withdraw');
	assert.equal((await save('editor', env, { [plain]: null, CVN_STOP_LOSS_PCT: null, CVN_SYMBOLS: null })).status, 200);
	const change = await propose({ [critical]: null, CVN_MAX_LEVERAGE: null }, 'as it was');
	assert.equal((await verb('approver', change.id, 'approve', { content_hash: change.content_hash })).status, 200);
});

const visit = visitor(() => browser, shared);
const ready = (selector) => (page) => page.locator(selector).first().waitFor();

// name: [who, path, what is done until it is to be looked at].
const looks = {
	'changes-decide': ['approver', () => `/changes?environment=${env}`, ready('.decision')],
	'changes-mine': ['editor', () => `/changes?view=mine&environment=${env}`, ready('[data-change]')],
	'changes-all': ['viewer', () => `/changes?view=all&environment=${env}`, ready('[data-change]')],
	'changes-none': ['viewer', () => '/changes?view=mine', ready('.placeholder')],
	'changes-no-result': ['viewer', () => `/changes?view=all&environment=${env}&created_by=viewer`, ready('.placeholder')],
	'change-draft': ['editor', () => `/changes/${ids.draft}`, ready('.reach')],
	'change-pending': ['approver', () => `/changes/${ids.pending}`, ready('.reach')],
	'change-own': ['editor', () => `/changes/${ids.pending}`, ready('.reach')],
	'change-moved': ['approver', () => `/changes/${ids.moved}`, ready('.conflict')],
	'change-rejected': ['viewer', () => `/changes/${ids.rejected}`, ready('.panel')],
	'change-progress': ['viewer', () => `/changes/${ids.active}`, ready('.steps')],
	'change-revert': ['editor', () => `/changes/${ids.active}?revert=${ids.active}`, ready('dialog[open] .note')],
	'change-unknown': ['viewer', () => '/changes/999999999', ready('.placeholder')],
	'change-overlay': ['approver', () => `/config/${env}?change=${ids.pending}`, ready('.reach')],
	'change-edit': [
		'editor',
		() => `/changes/${ids.draft}`,
		async (page) => {
			await page.locator('[data-verb="edit"]').click();
			await page.getByLabel(`New value of ${critical}`).fill('-1');
			await page.locator('.edit-row .message').waitFor();
		},
	],
	'editor-pending': ['editor', () => `/config/${env}?q=pending`, ready('.pending-mark')],
	'review-critical': [
		'editor',
		() => `/config/${env}`,
		async (page) => {
			await stage(page, critical, another());
			await stage(page, 'CVN_COOLDOWN_AFTER_LOSS', anotherTime());
			await review(page);
			await page.locator('dialog[open] .note.ok').waitFor();
		},
	],
	'session-ended': [
		'editor',
		() => `/config/${env}`,
		async (page, context) => {
			await stage(page, plain, anotherTime());
			await review(page);
			await page.getByLabel('Reason').fill('A longer pause');
			await page.locator('dialog[open] .note.ok').waitFor();
			await context.clearCookies();
			await page.locator('dialog[open] .primary').click();
			await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
		},
	],
};

describe('in both themes, wide and narrow, axe finds nothing and nothing scrolls sideways', () => {
	for (const [name, [role, path, make]] of Object.entries(looks))
		it(name, () =>
			visit(role, path(), async (page, context) => {
				await make(page, context);
				await eachLook(page, async (look) => {
					assert.deepEqual(await findings(page), [], look);
					assert.equal(await sideways(page), 0, `${look} scrolls sideways`);
					await screenshot(page, `${name}-${look}`);
				});
			}),
		);
});

describe('what axe does not check', () => {
	it('focus is never under the bar or the dock', () =>
		visit('editor', `/changes/${ids.draft}`, async (page) => {
			await page.locator('.reach').waitFor();
			for (let i = 0; i < 40; i++) {
				await page.keyboard.press('Tab');
				const hidden = await page.evaluate(() => {
					const element = document.activeElement;
					if (!element || element === document.body || element.closest('header.top')) return null;
					const { left, top, width, height } = element.getBoundingClientRect();
					const at = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20));
					return at && (element.contains(at) || at.contains(element)) ? null : element.outerHTML;
				});
				assert.equal(hidden, null);
			}
		}));

	it('everything is there at 200 % zoom and without motion', () =>
		visit(
			'approver',
			`/changes/${ids.pending}`,
			async (page) => {
				await page.locator('.reach').waitFor();
				assert.equal(await sideways(page), 0);
				assert.ok(await page.locator('[data-verb="approve"]').isVisible());
			},
			{ width: 640, height: 430, deviceScaleFactor: 2, reducedMotion: 'reduce' },
		));

	it('the environment and the state are words where colours are the system’s', () =>
		visit(
			'approver',
			`/changes/${ids.pending}`,
			async (page) => {
				await page.locator('.reach').waitFor();
				const title = await page.locator('h1').textContent();
				assert.match(title, new RegExp(`${env}.*waits for approval`));
				assert.match(await page.locator('[data-verb="approve"]').textContent(), new RegExp(env));
			},
			{ forcedColors: 'active' },
		));
});
