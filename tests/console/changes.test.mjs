// Change sets in a real browser: proposed in the editor, decided by somebody else, followed into the workers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { operator } from '../api/operator.mjs';
import { environment } from '../api/environment.mjs';
import { another, anotherTime } from '../lib/another.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { launch } from './browser.mjs';
import { button, focused, live, press, review, row, shortMoment, stage, visitor } from './steps.mjs';
import { workersOf } from './workers.mjs';

const shared = stack();
const { url, credentials, call, sql, save, version } = shared;
const env = await environment(sql, 'test-console');
const critical = 'CVN_MAX_POSITION_USD';
const plain = 'CVN_COOLDOWN';

let browser;
before(async () => {
	browser = await launch();
});
const visit = visitor(() => browser, shared);

const value = async (name) => (await call('viewer', 'GET', `/api/config/${env}/${name}`)).body.value;
const verb = (role, id, name, body = {}) => call(role, 'POST', `/api/changes/${id}/${name}`, { body });
const read = async (id) => (await call('viewer', 'GET', `/api/changes/${id}`)).body;

// A change set by the API, as somebody else's hand in the middle of what the browser shows.
async function propose(changes, { submit = true, reason = 'a test of the console', role = 'editor' } = {}) {
	const body = { environment: env, changes, reason, submit };
	const reply = await call(role, 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body });
	assert.equal(reply.status, 201, JSON.stringify(reply.body));
	return reply.body;
}

after(async () => {
	await browser?.close();
	for (const state of ['draft', 'pending_approval']) {
		const { body } = await call('editor', 'GET', `/api/changes?environment=${env}&state=${state}&limit=200`);
		for (const { id } of body.changes) await verb('editor', id, 'withdraw');
	}
});

const dialog = (page) => page.locator('dialog[open]').last();
const action = (page, name) => page.locator(`[data-verb="${name}"]`);
const state = (page, name) => page.locator(`.change[data-state="${name}"]`);
const isBlocked = async (page, name) => (await action(page, name).getAttribute('aria-disabled')) === 'true';

describe('a critical change', () => {
	it('is submitted from the review, waits over the editor, and changes nothing until somebody else approves', async () => {
		const before = await value(critical);
		const next = another();
		let id;
		await visit('editor', `/config/${env}`, async (page) => {
			await stage(page, critical, next);
			await review(page);
			await page.getByLabel('Reason').fill('more room');
			await page.getByRole('button', { name: /^Submit 1 change .*for approval$/ }).click();
			await state(page, 'pending_approval').waitFor();
			id = Number(new URL(page.url()).searchParams.get('change'));
			assert.equal((await read(id)).state, 'pending_approval');
			assert.equal(await page.locator('.tray').count(), 0);
			const shown = (await live(page, critical).textContent()).replace(/\D/g, '');
			assert.equal(shown, before);
			assert.equal(await value(critical), before);
			assert.ok(await isBlocked(page, 'approve'));
			assert.match(await page.locator('.whys').textContent(), /You asked for it: somebody else decides/);
			await page.goBack();
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await row(page, critical).locator('.pending-mark', { hasText: `#${id}` }).waitFor();
		});
		await visit('approver', `/config/${env}`, async (page) => {
			await row(page, critical).locator('.pending-mark', { hasText: `#${id}` }).click();
			await action(page, 'approve').click();
			await state(page, 'active').waitFor();
			assert.equal(await value(critical), next);
			await page.getByRole('button', { name: 'Back to the parameters' }).click();
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await row(page, critical).locator('.pending-mark').waitFor({ state: 'detached' });
			const shown = (await live(page, critical).textContent()).replace(/\D/g, '');
			assert.equal(shown, next);
		});
	});

	it('passes four eyes and every worker: asked for, approved, waited for, applied by all', async () => {
		const workers = await workersOf(shared, env);
		const at = await version(env);
		await workers.report('fake-1', { applied_version: at });
		await workers.report('fake-2', { applied_version: at });
		const step = (page, id) => page.locator(`.steps [data-worker="${id}"]`);
		const reached = (page, id, name) =>
			eventually(async () => (await step(page, id).getAttribute('data-step')) === name, 5000, `${id} ${name}`);
		try {
			await visit('approver', '/changes', async (approving) => {
				await approving.getByText('live updates').waitFor();
				const { id } = await propose({ [critical]: another(), [plain]: anotherTime() }, { reason: 'four eyes' });
				await approving.locator(`.decision[data-change="${id}"]`).getByRole('link', { name: 'Decide' }).click();
				await approving.locator('.reach [data-worker="fake-2"]').waitFor();
				await visit('editor', `/changes/${id}`, async (asking) => {
					await state(asking, 'pending_approval').waitFor();
					await approving.getByLabel('Comment').fill('seen and understood');
					const [sent] = await Promise.all([
						approving.waitForRequest((request) => request.url().endsWith('/approve')),
						action(approving, 'approve').click(),
					]);
					await state(approving, 'active').waitFor();
					const { content_hash } = await read(id);
					assert.deepEqual(sent.postDataJSON(), { content_hash, comment: 'seen and understood' });
					const { version: applied, state: now } = await read(id);
					assert.equal(now, 'active');
					for (const page of [approving, asking]) {
						await state(page, 'active').waitFor();
						await page.locator('.panel', { hasText: 'seen and understood' }).waitFor();
						await page.locator('.rollout-progress', { hasText: 'applied by 0 of 2' }).waitFor();
						await reached(page, 'fake-1', 'sent');
					}

					const pending = [critical, plain].map((name) => ({ name, version: applied }));
					const waiting = { applied_version: at, state: 'pending', pending };
					await workers.report('fake-1', { ...waiting, waiting_for: 'cycle_end', waiting_ms: 1000 });
					await workers.report('fake-2', { ...waiting, waiting_for: 'position_close', waiting_ms: 250_000 });
					for (const page of [approving, asking]) {
						await reached(page, 'fake-2', 'waiting');
						assert.match(
							await step(page, 'fake-2').textContent(),
							new RegExp(`waits for its position to close since ${shortMoment}, 4 min`),
						);
					}
					const detail = 'the exchange does not take it';
					const rejected = { version: applied, detail };
					await workers.report('fake-1', { applied_version: applied });
					await workers.report('fake-2', { ...waiting, state: 'rejected', rejected });
					await reached(asking, 'fake-2', 'rejected');
					assert.match(await step(asking, 'fake-2').textContent(), /rejected: the exchange does not take it/);
					await asking.locator('.rollout-progress', { hasText: 'applied by 1 of 2' }).waitFor();

					await workers.report('fake-2', { applied_version: applied });
					for (const page of [approving, asking])
						await page.locator('.rollout-progress', { hasText: 'applied by 2 of 2' }).waitFor();
				});
			});
		} finally {
			await workers.end();
		}
	});

	it('is not approved by who asked for it, whatever roles they hold, and the reason is said', async () => {
		const both = await operator(shared, env, 'editor', 'approver');
		try {
			const body = { environment: env, changes: { [critical]: another() }, reason: 'mine', submit: true };
			const made = await both.as('POST', '/api/changes', { headers: { 'If-Match': '*' }, body });
			const who = { login: both.login, password: credentials.editor.password };
			await visit(who, '/changes', async (page) => {
				await page.locator('.decision, .placeholder').first().waitFor();
				assert.equal(await page.locator(`.decision[data-change="${made.body.id}"]`).count(), 0);
				await page.goto(`/changes/${made.body.id}`);
				await page.locator('.reach, .note.ok').first().waitFor();
				for (const name of ['approve', 'reject']) assert.ok(await isBlocked(page, name), name);
				assert.match(await page.locator('.whys').textContent(), /Approve and Reject: You asked for it/);
				await action(page, 'approve').click({ force: true });
				await action(page, 'approve').press('Enter');
				assert.equal((await read(made.body.id)).state, 'pending_approval');
			});
			await verb('editor', made.body.id, 'withdraw');
		} finally {
			await both.forget();
		}
	});

	it('is made and decided with the keyboard alone', async () => {
		let id;
		const next = another();
		await visit('editor', `/config/${env}?q=largest+position`, async (page) => {
			await button(page, critical).waitFor();
			await button(page, critical).focus();
			await press(page, 'F2');
			await page.keyboard.type(next);
			await press(page, 'Enter');
			await focused(page, '.value-button');
			await press(page, 'r');
			await page.locator('dialog[open] .note.ok').waitFor();
			await focused(page, '#reason');
			await page.keyboard.type('by hand');
			await press(page, 'Tab', 'Tab', 'Tab');
			await focused(page, 'dialog .primary');
			await press(page, 'Enter');
			await state(page, 'pending_approval').waitFor();
			id = new URL(page.url()).searchParams.get('change');
			await press(page, 'Escape');
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await page.waitForURL(({ search }) => search === '?q=largest+position');
		});
		await visit('approver', '/changes', async (page) => {
			const link = page.locator(`.decision[data-change="${id}"] .change-link`);
			await link.focus();
			await press(page, 'Enter');
			await action(page, 'approve').waitFor();
			await eventually(async () => !(await isBlocked(page, 'approve')));
			await page.getByLabel('Comment').focus();
			await press(page, 'Tab');
			await focused(page, '[data-verb="approve"]');
			await press(page, 'Enter');
			await state(page, 'active').waitFor();
			assert.equal(await value(critical), next);
		});
	});
});

describe('an approval is of the content that was looked at', () => {
	it('what was edited meanwhile is shown as void, and approved only after it was looked at anew', async () => {
		const [first, second] = [another(), another()];
		const { id, content_hash } = await propose({ [critical]: first });
		await visit('approver', `/changes/${id}`, async (page) => {
			await eventually(async () => !(await isBlocked(page, 'approve')));
			await page.getByText('live updates').waitFor();
			const body = { changes: { [critical]: second } };
			assert.equal((await call('editor', 'PATCH', `/api/changes/${id}`, { body })).status, 200);
			await state(page, 'draft').waitFor();
			await verb('editor', id, 'submit');
			await state(page, 'pending_approval').waitFor();
			const note = page.locator('.note', { hasText: 'What you looked at is void' });
			await note.waitFor();
			assert.match(await note.textContent(), new RegExp(`you saw ${first}, it is ${second}`));
			assert.ok(await isBlocked(page, 'approve'));
			assert.match(await page.locator('.events').textContent(), /edited it/);
			await page.getByRole('button', { name: 'Go on with the new content' }).click();
			await eventually(async () => !(await isBlocked(page, 'approve')));
			const [sent] = await Promise.all([
				page.waitForRequest((request) => request.url().endsWith('/approve')),
				action(page, 'approve').click(),
			]);
			assert.notEqual(sent.postDataJSON().content_hash, content_hash);
			await state(page, 'active').waitFor();
			assert.equal(await value(critical), second);
		});
	});

	it('an approval that crosses with an edit is refused, and the page says what it is now', async () => {
		const second = another();
		const { id } = await propose({ [critical]: another() });
		await visit('approver', `/changes/${id}`, async (page) => {
			await eventually(async () => !(await isBlocked(page, 'approve')));
			await page.route('**/approve', async (route) => {
				await call('editor', 'PATCH', `/api/changes/${id}`, { body: { changes: { [critical]: second } } });
				await verb('editor', id, 'submit');
				await route.continue();
			});
			await action(page, 'approve').click();
			await page.locator('.panel .note.bad .request-id').waitFor();
			await page.locator('.note', { hasText: 'What you looked at is void' }).waitFor();
			assert.equal((await read(id)).state, 'pending_approval');
			await verb('editor', id, 'withdraw');
		}, { tolerate: /status of 409/ });
	});

	it('a base that moved voids it until an editor rebases: was, is and proposed side by side', async () => {
		const before = await value(plain);
		const { id } = await propose({ [critical]: another(), [plain]: '77s' });
		await visit('approver', `/changes/${id}`, async (page) => {
			await eventually(async () => !(await isBlocked(page, 'approve')));
			await page.getByText('live updates').waitFor();
			assert.equal((await save('editor', env, { [plain]: '78s' })).status, 200);
			const cells = page.locator(`.conflict [data-name="${plain}"] td`);
			await cells.first().waitFor();
			const texts = await cells.allTextContents();
			assert.equal(texts[0], before);
			assert.match(texts[1], /^78s by editor/);
			assert.equal(texts[2], '77s');
			for (const name of ['approve', 'rebase']) assert.ok(await isBlocked(page, name), name);
			assert.match(await page.locator('.whys').textContent(), /role editor in test-console/);

			await visit('editor', `/changes/${id}`, async (asking) => {
				await action(asking, 'rebase').click();
				await asking.locator('.conflict').waitFor({ state: 'detached' });
			});
			await page.getByRole('button', { name: 'Go on with the new content' }).click();
			await eventually(async () => !(await isBlocked(page, 'approve')));
			await action(page, 'approve').click();
			await state(page, 'active').waitFor();
			assert.equal(await value(plain), '77s');
			assert.match(await page.locator('.events').textContent(), /rebased it.*is void/);
		});
	});
});

describe('other ends', () => {
	it('a rejection and its comment are seen by who asked, at once', async () => {
		const { id } = await propose({ [critical]: another() });
		await visit('editor', `/changes/${id}`, async (asking) => {
			await asking.getByText('live updates').waitFor();
			await visit('approver', `/changes/${id}`, async (page) => {
				await page.getByLabel('Comment').fill('too much at once');
				await action(page, 'reject').click();
				await state(page, 'rejected').waitFor();
			});
			await state(asking, 'rejected').waitFor();
			assert.match(await asking.locator('.panel').textContent(), /Rejected by approver.*too much at once/);
			assert.equal(await asking.locator('[data-verb]').count(), 0);
		});
	});

	it('a change is withdrawn by who asked, with a word to those who looked at it', async () => {
		const { id } = await propose({ [critical]: another() });
		await visit('editor', `/changes/${id}`, async (page) => {
			await page.getByLabel('Comment').fill('not needed any more');
			await action(page, 'withdraw').click();
			await state(page, 'withdrawn').waitFor();
			assert.match(await page.locator('.panel').textContent(), /Withdrawn by editor.*not needed any more/);
		});
		assert.equal((await read(id)).comment, 'not needed any more');
	});

	it('an id that is none, or not one to see, is said', async () => {
		await visit('viewer', '/changes/999999999', (page) => page.getByText('There is no change 999999999').waitFor());
		const blind = await operator(shared, 'paper', 'viewer');
		const { id } = await propose({ [critical]: another() }, { submit: false });
		try {
			const who = { login: blind.login, password: credentials.editor.password };
			await visit(who, `/changes/${id}`, (page) =>
				page.getByText(new RegExp(`(no change ${id}|${id} is not yours)`)).waitFor());
		} finally {
			await blind.forget();
			await verb('editor', id, 'withdraw');
		}
	});
});

describe('a draft', () => {
	it('is kept from the review, edited under the eyes of the core, and submitted', async () => {
		const next = another();
		await visit('editor', `/config/${env}`, async (page) => {
			await stage(page, critical, another());
			await review(page);
			await page.getByLabel('Reason').fill('for later');
			await page.getByRole('button', { name: 'Keep as a draft' }).click();
			await state(page, 'draft').waitFor();
			const id = Number(new URL(page.url()).searchParams.get('change'));
			await page.getByRole('link', { name: 'Open as a page' }).click();
			await page.getByRole('heading', { level: 1, name: `Change #${id}` }).waitFor();

			await action(page, 'edit').click();
			const text = dialog(page).getByLabel(`New value of ${critical}`);
			await text.fill('-1');
			await dialog(page).locator(`#edit-message-${critical}.message`).waitFor();
			await dialog(page).getByRole('button', { name: 'Save and submit' }).click({ force: true });
			assert.notEqual((await read(id)).diff[0].new, '-1');
			await text.fill(next);
			await dialog(page).getByLabel('Another parameter').fill(plain);
			await page.keyboard.press('Enter');
			await dialog(page).getByLabel(`New value of ${plain}`).fill('91s');
			await dialog(page).getByLabel('Reason').fill('now');
			await dialog(page).getByRole('button', { name: 'Save and submit' }).click();
			await state(page, 'pending_approval').waitFor();
			const now = await read(id);
			assert.equal(now.reason, 'now');
			assert.deepEqual(now.diff.map(({ name, new: fresh }) => [name, fresh]), [[plain, '91s'], [critical, next]]);
			await action(page, 'withdraw').click();
			await state(page, 'withdrawn').waitFor();
		});
	});

	it('that somebody else edits while one does: what one typed stays, and whose content goes on is chosen', async () => {
		const theirs = anotherTime();
		const body = { environment: env, changes: { [plain]: anotherTime() }, reason: 'two edit it', submit: false };
		const { id } = (await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body })).body;
		const other = await operator(shared, env, 'editor');
		const who = { login: other.login, password: credentials.editor.password };
		try {
			await visit(who, `/changes/${id}`, async (page) => {
				await page.locator('[data-verb="edit"]').click();
				const typed = page.getByLabel(`New value of ${plain}`);
				await typed.fill('77s');
				const edit = { changes: { [plain]: theirs } };
				assert.equal((await call('editor', 'PATCH', `/api/changes/${id}`, { body: edit })).status, 200);
				const note = page.locator('dialog[open] .note', { hasText: 'Edited by editor meanwhile' });
				await note.waitFor();
				assert.equal(await typed.inputValue(), '77s');
				const keep = page.getByRole('button', { name: 'Keep as a draft' });
				assert.equal(await keep.getAttribute('aria-disabled'), 'true');
				await page.getByRole('button', { name: 'Start again from theirs' }).click();
				await note.waitFor({ state: 'detached' });
				assert.equal(await typed.inputValue(), theirs);
				await typed.fill('78s');
				await keep.click();
				await page.locator('dialog[open]').waitFor({ state: 'detached' });
				assert.deepEqual((await call('viewer', 'GET', `/api/changes/${id}`)).body.changes, { [plain]: '78s' });
			});
		} finally {
			await verb('editor', id, 'withdraw');
			await other.forget();
		}
	});

	it('without anything critical is applied when it is submitted', async () => {
		const next = anotherTime();
		const { id } = await propose({ [plain]: next }, { submit: false });
		await visit('editor', `/changes/${id}`, async (page) => {
			await page.getByRole('button', { name: `Apply to ${env}` }).click();
			await state(page, 'active').waitFor();
			assert.equal(await value(plain), next);
		});
	});
});

describe('two browsers', () => {
	it('in conflict: the same parameter is chosen from three columns, the other one rebases by itself and is listed', async () => {
		const other = 'CVN_COOLDOWN_AFTER_LOSS';
		const base = await value(plain);
		const [mine, theirs] = [anotherTime(), anotherTime()];
		const beside = (await value(other)) === '10m' ? '15m' : '10m';
		await visit('editor', `/config/${env}`, async (page) => {
			await stage(page, plain, mine);
			await review(page);
			await page.getByLabel('Reason').fill('mine');
			await visit('editor', `/config/${env}`, async (second) => {
				await stage(second, plain, theirs);
				await stage(second, other, beside);
				await review(second);
				await second.getByLabel('Reason').fill('theirs');
				await second.locator('dialog[open] .primary').click();
				await second.locator('.rollout').waitFor();
			});
			const cells = page.locator(`dialog[open] .conflict [data-name="${plain}"] td`);
			await cells.first().waitFor();
			const texts = await cells.allTextContents();
			assert.equal(texts[0], base);
			assert.match(texts[1], new RegExp(`^${theirs} by editor`));
			assert.equal(texts[2], mine);
			await page.locator('dialog[open] .note', { hasText: `${other} ` }).waitFor();
			await page.locator('dialog[open] .primary').click({ force: true });
			assert.equal(await value(plain), theirs);
			await page.getByRole('button', { name: `Mine for ${plain}` }).click();
			await page.locator('dialog[open] .note.ok').waitFor();
			await page.locator('dialog[open] .primary').click();
			await page.locator('.rollout').waitFor();
			assert.equal(await value(plain), mine);
			assert.equal(await value(other), beside);
		});
	});

	it('a save that crosses with another is refused with 412, moves on, and is saved', async () => {
		const other = 'CVN_COOLDOWN_AFTER_LOSS';
		const mine = anotherTime();
		const beside = (await value(other)) === '10m' ? '15m' : '10m';
		await visit('editor', `/config/${env}`, async (page) => {
			await stage(page, plain, mine);
			await review(page);
			await page.getByLabel('Reason').fill('mine');
			let crossed = 0;
			await page.route(`**/api/config/${env}`, async (route) => {
				if (route.request().method() === 'POST' && crossed++ === 0)
					await save('editor', env, { [other]: beside });
				await route.continue();
			});
			await page.locator('dialog[open] .note.ok').waitFor();
			await page.locator('dialog[open] .primary').click();
			await page.locator('dialog[open] .note', { hasText: 'meanwhile' }).waitFor(); // an event may tell before the refusal
			await page.locator('dialog[open] .primary[aria-busy="false"]').click();
			await page.locator('.rollout').waitFor();
			assert.equal(crossed, 2);
			assert.deepEqual([await value(plain), await value(other)], [mine, beside]);
		});
	});
});

describe('a freeze and a lock', () => {
	// Runs with a window in force, and ends it whatever happens.
	async function frozen(work) {
		const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
		const body = { environment: env, starts_at: at(-60), ends_at: at(3600), reason: 'quarter end' };
		const made = await call('admin', 'POST', '/api/freeze-windows', { body });
		assert.equal(made.status, 201, JSON.stringify(made.body));
		try {
			await work();
		} finally {
			await call('admin', 'DELETE', `/api/freeze-windows/${made.body.id}`);
		}
	}

	it('a freeze is said with its end; nothing is saved or approved in it, but drafts and proposals are taken', async () => {
		const { id } = await propose({ [critical]: another() });
		await frozen(async () => {
			await visit('editor', `/config/${env}`, async (page) => {
				await page.locator('.note', { hasText: new RegExp(`frozen until ${shortMoment}: quarter end`) }).waitFor();
				await stage(page, plain, anotherTime());
				await review(page);
				const primary = page.locator('dialog[open] .primary');
				await eventually(async () => (await primary.getAttribute('aria-disabled')) === 'true');
				await page.getByLabel('Reason').fill('after the freeze');
				await page.getByRole('button', { name: 'Keep as a draft' }).click();
				await state(page, 'draft').waitFor();
				await action(page, 'withdraw').click();
				await state(page, 'withdrawn').waitFor();
			});
			await visit('approver', `/changes/${id}`, async (page) => {
				await page.locator('.whys', { hasText: 'Nothing is applied before' }).waitFor();
				assert.ok(await isBlocked(page, 'approve'));
			});
		});
		await visit('approver', `/changes/${id}`, async (page) => {
			await eventually(async () => !(await isBlocked(page, 'approve')));
		});
		await verb('editor', id, 'withdraw');
	});

	it('who takes the lock is named to the others, who cannot save, and gives it back', async () => {
		const other = await operator(shared, env, 'editor');
		const who = { login: other.login, password: credentials.editor.password };
		try {
			await visit('editor', `/config/${env}`, async (page) => {
				await page.getByRole('button', { name: 'Lock', exact: true }).click();
				await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
				await visit(who, `/config/${env}`, async (second) => {
					await second.locator('.note', { hasText: 'editor holds the lock' }).waitFor();
					const held = second.getByRole('button', { name: 'Locked by editor' });
					assert.equal(await held.getAttribute('aria-disabled'), 'true');
					await stage(second, plain, anotherTime());
					await review(second);
					const primary = second.locator('dialog[open] .primary');
					await eventually(async () => (await primary.getAttribute('aria-disabled')) === 'true');
					await second.keyboard.press('Escape');
					await second.getByRole('button', { name: 'Discard' }).click();
				});
				await page.getByRole('button', { name: 'Unlock', exact: true }).click();
				await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
			});
		} finally {
			await call('editor', 'DELETE', `/api/environments/${env}/lock`);
			await other.forget();
		}
	});
});

describe('a session that ends in the middle of an edit', () => {
	it('loses nothing: what is staged, typed and written as a reason is there after the login', () =>
		visit('editor', `/config/${env}`, async (page, context) => {
			const next = anotherTime();
			await stage(page, plain, next);
			await review(page);
			await page.locator('dialog[open] .note.ok').waitFor();
			await page.getByLabel('Reason').fill('a long thought');
			await context.clearCookies();
			await page.locator('dialog[open] .primary').click();
			await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
			await page.keyboard.press('Escape');
			await page.getByLabel('Password').fill('not the password');
			await page.getByRole('button', { name: 'Log in again' }).click();
			await page.getByText('The password is wrong').waitFor();
			await page.getByLabel('Password').fill(credentials.editor.password);
			await page.getByRole('button', { name: 'Log in again' }).click();
			await page.getByRole('heading', { name: 'Your session has ended' }).waitFor({ state: 'detached' });
			assert.equal(await page.getByLabel('Reason').inputValue(), 'a long thought');
			await page.locator('dialog[open] .primary').click();
			await page.locator('.rollout').waitFor();
			assert.equal(await value(plain), next);
			await page.getByText('live updates').waitFor();
		}));

	it('keeps a half-typed value that could not be staged', () =>
		visit('editor', `/config/${env}`, async (page, context) => {
			await button(page, plain).click();
			await page.getByLabel(`New value of ${plain}`).fill('12x');
			await page.getByText('live updates').waitFor();
			await context.clearCookies();
			// Somebody's save makes the page read again, and hear that nobody is logged in.
			assert.equal((await save('editor', env, { CVN_EXIT_THRESHOLD: `0.${another()}` })).status, 200);
			await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
			await page.getByLabel('Password').fill(credentials.editor.password);
			await page.keyboard.press('Enter');
			await page.getByRole('heading', { name: 'Your session has ended' }).waitFor({ state: 'detached' });
			assert.equal(await page.getByLabel(`New value of ${plain}`).inputValue(), '12x');
			await page.keyboard.press('Escape');
		}));

	it('is given up to somebody else, and what was staged waits for its owner', () =>
		visit('editor', `/config/${env}`, async (page, context) => {
			await stage(page, plain, anotherTime());
			await review(page);
			await context.clearCookies();
			await page.getByLabel('Reason').fill('mine');
			await page.locator('dialog[open] .note.ok').waitFor();
			await page.locator('dialog[open] .primary').click();
			await page.getByRole('button', { name: 'Somebody else' }).click();
			await page.getByLabel('Login').fill('viewer');
			await page.getByLabel('Password').fill(credentials.viewer.password);
			await page.getByRole('button', { name: 'Log in' }).click();
			await row(page, plain).waitFor();
			assert.equal(await page.locator('.tray').count(), 0);
			await page.getByRole('button', { name: 'Account viewer' }).click();
			await page.getByRole('button', { name: 'Log out' }).click();
			await page.getByLabel('Login').fill('editor');
			await page.getByLabel('Password').fill(credentials.editor.password);
			await page.getByRole('button', { name: 'Log in' }).click();
			await page.locator('.tray', { hasText: `1 staged in ${env}` }).waitFor();
			await page.getByRole('button', { name: 'Discard' }).click();
		}));
});

describe('the inbox', () => {
	it('keeps its filters in the address, goes back through its views, and says when nothing is like that', async () => {
		const { id } = await propose({ [critical]: another() }, { submit: false });
		await visit('editor', `/changes?view=mine&environment=${env}&state=draft`, async (page) => {
			await page.locator(`[data-change="${id}"]`).waitFor();
			assert.equal(await page.getByLabel('State').inputValue(), 'draft');
			for (const badge of await page.locator('tbody .badge').allTextContents()) assert.equal(badge, 'draft');
			await page.getByLabel('State').selectOption('rejected');
			await page.locator(`[data-change="${id}"]`).waitFor({ state: 'detached' });
			assert.equal(new URL(page.url()).searchParams.get('state'), 'rejected');
			await page.getByRole('link', { name: 'All', exact: true }).click();
			await page.getByLabel('By').selectOption('viewer');
			await page.getByText('No change like that').waitFor();
			await page.getByRole('button', { name: 'Clear the filters' }).click();
			await page.locator('[data-change]').first().waitFor();
			await page.goBack();
			await page.getByLabel('By').waitFor({ state: 'detached' });
			assert.equal(new URL(page.url()).searchParams.get('view'), 'mine');
		});
		await verb('editor', id, 'withdraw');
	});

	it('opens page after page, without a gap or a repetition, and an update takes none of it away', async () => {
		for (let i = 0; i < 60; i++) await propose({ [plain]: `${i + 100}s` }, { submit: false });
		await visit('editor', `/changes?view=mine&environment=${env}&state=draft`, async (page) => {
			await page.getByRole('button', { name: 'Show more' }).waitFor();
			assert.equal(await page.locator('[data-change]').count(), 50);
			await page.getByRole('button', { name: 'Show more' }).click();
			await eventually(async () => (await page.locator('[data-change]').count()) >= 60);
			const numbers = (ids) => ids.map(Number);
			const shown = await page.locator('[data-change]').evaluateAll((rows) => rows.map((one) => one.dataset.change));
			const rows = await sql(`select id from config_changes where environment = '${env}' and created_by = 'editor' and state = 'draft' order by id desc`);
			assert.deepEqual(numbers(shown), numbers(rows.map(({ id }) => id)));
			await page.getByText('live updates').waitFor();
			const { id } = await propose({ [plain]: '1s' }, { submit: false });
			await page.locator(`[data-change="${id}"]`).waitFor();
			assert.equal(await page.locator('[data-change]').count(), shown.length + 1);
		});
		await sql(`update config_changes set state = 'withdrawn' where environment = '${env}' and state = 'draft'`);
	});

	it('names the role that is missing to who decides nowhere', () =>
		visit('viewer', '/changes?view=decide', (page) =>
			page.locator('.note', { hasText: 'needs the role approver' }).waitFor()));
});

describe('an answer that does not come', () => {
	it('is said with its id to quote, and what was written stays', async () => {
		const { id } = await propose({ [critical]: another() });
		await visit('approver', `/changes/${id}`, async (page) => {
			await eventually(async () => !(await isBlocked(page, 'approve')));
			const problem = { type: 'about:blank', title: 'the database is away', status: 503, code: 'unavailable', instance: 'an-id-to-quote' };
			const refuse = (route) =>
				route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
			await page.route('**/approve', refuse);
			await page.getByLabel('Comment').fill('a careful word');
			await action(page, 'approve').click();
			await page.locator('.panel .request-id', { hasText: 'an-id-to-quote' }).waitFor();
			assert.equal(await page.getByLabel('Comment').inputValue(), 'a careful word');
			await page.unroute('**/approve', refuse);
			await action(page, 'approve').click();
			await state(page, 'active').waitFor();
			assert.equal((await read(id)).comment, 'a careful word');
		});
	});
});
