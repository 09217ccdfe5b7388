// The editor's table: how it looks is the operator's, what is picked is changed together, what is copied is exact.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { findings, launch, screenshot } from './browser.mjs';
import { button, eachLook, field, focused, press, review, row, sideways, stage, visitor } from './steps.mjs';

const shared = stack();
const { call, save, sql, version } = shared;
const env = await environment(sql, 'test-table');
const other = await environment(sql, 'test-table-other');
const [one, two, three] = ['CVN_COOLDOWN', 'CVN_COOLDOWN_AFTER_ERROR', 'CVN_COOLDOWN_AFTER_LOSS'];
const cooldowns = `/config/${env}?q=cooldown`;

let browser;
before(async () => {
	browser = await launch();
	// From a known start, whatever an interrupted run has left.
	assert.ok([200, 422].includes((await save('editor', env, { [one]: null, [two]: null, [three]: null })).status));
});
after(() => browser?.close());
const visit = visitor(() => browser, shared);

const permissions = { permissions: ['clipboard-read', 'clipboard-write'] };
const pasted = (page) => page.evaluate(() => navigator.clipboard.readText());
const listed = (page) => page.locator('tr[data-name]').evaluateAll((rows) => rows.map((each) => each.dataset.name));
const picked = (page) =>
	page.locator('tr[data-name]:has(.row-pick:checked)').evaluateAll((rows) => rows.map((each) => each.dataset.name));
const pick = (page, name, options) => row(page, name).locator('.row-pick').click(options);
const heights = (page) =>
	page.locator('tr[data-name]').evaluateAll((rows) => [...new Set(rows.map((each) => each.getBoundingClientRect().height))]);
const columns = (page) => page.locator('.parameters th[scope="col"] button').allTextContents();
const head = (page, name) => page.locator('.parameters').getByRole('columnheader', { name });
const value = async (name, of = env) => (await call('viewer', 'GET', `/api/config/${of}/${name}`)).body.value;
const discard = (page) => page.getByRole('button', { name: 'Discard' }).click();

async function view(page, act) {
	await page.getByRole('button', { name: 'View', exact: true }).click();
	await act(page.locator('.panel-body'));
	await press(page, 'Escape');
	await page.locator('.panel-body').waitFor({ state: 'detached' });
}

describe('a dense row', () => {
	it('is 32 px high whatever it holds, also while a value is edited, and the head stays in sight', () =>
		visit('editor', `/config/${env}`, async (page) => {
			await row(page, one).waitFor();
			assert.deepEqual(await heights(page), [32]);
			const below = () => row(page, three).evaluate((each) => each.getBoundingClientRect().top);
			const before = await below();
			await button(page, one).click();
			await field(page, one).fill('not a duration');
			await page.locator(`#message-${one}.message`).waitFor();
			assert.deepEqual(await heights(page), [32]);
			assert.equal(await below(), before);
			await press(page, 'Escape');
			await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
			await eventually(() => page.evaluate(() => scrollY > 200));
			const top = await head(page, 'Parameter').evaluate((each) => each.getBoundingClientRect().top);
			assert.ok(top >= 0 && top < 60, `the head is at ${top}`);
		}));

	it('shows the value in force whole, however much waits beside it, and a press on it edits', async () => {
		const critical = 'CVN_MAX_POSITION_USD';
		const waiting = [];
		for (const wanted of ['123456', '654321']) {
			const body = { environment: env, changes: { [critical]: wanted }, reason: 'a test', submit: true };
			const reply = await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body });
			assert.equal(reply.status, 201, JSON.stringify(reply.body));
			waiting.push(reply.body.id);
		}
		await visit('editor', `/config/${env}`, async (page) => {
			await row(page, critical).locator('.pending-mark').nth(1).waitFor();
			const cut = await button(page, critical).locator('.value').evaluate((each) => each.scrollWidth - each.clientWidth);
			const seen = await button(page, critical).locator('.value').evaluate((each) => each.getBoundingClientRect().width);
			assert.ok(seen > 20 && cut <= 0, `${seen} px of it, ${cut} cut off`);
			const edge = await row(page, critical).locator('.cell-value').evaluate((cell) =>
				Math.max(...[...cell.querySelectorAll('.pending-mark')].map((mark) => mark.getBoundingClientRect().right)) - cell.getBoundingClientRect().right);
			assert.ok(edge <= 0, `what waits stands ${edge} px out of its cell`);
			await button(page, critical).click();
			await field(page, critical).waitFor();
			await press(page, 'Escape');
		});
		for (const id of waiting) assert.equal((await call('editor', 'POST', `/api/changes/${id}/withdraw`, { body: {} })).status, 200);
	});

	it('hides nothing: its detail has the whole text, and the keyboard opens and closes it', () =>
		visit('viewer', `/config/${env}`, async (page) => {
			const { body } = await call('viewer', 'GET', `/api/catalog/${one}`);
			await button(page, one).focus();
			await press(page, 'ArrowRight');
			const detail = page.locator(`#detail-${one}`);
			await detail.getByText(body.description).waitFor();
			await focused(page, `tr[data-name="${one}"] .value-button`);
			assert.equal(new URL(page.url()).searchParams.get('detail'), one);
			await detail.getByText(other, { exact: true }).waitFor();
			await page.reload();
			await detail.waitFor();
			await button(page, one).focus();
			await press(page, 'ArrowLeft');
			await detail.waitFor({ state: 'detached' });
			await press(page, 'i');
			await detail.waitFor();
			await row(page, one).locator('.disclose').click();
			await detail.waitFor({ state: 'detached' });
		}));

	it('is there in whole for who follows a link to a parameter, and closing it keeps the focus', () =>
		visit('viewer', `/config/${env}/${two}`, async (page) => {
			await page.locator(`#detail-${two}`).waitFor();
			await focused(page, `tr[data-name="${two}"] .value-button`);
			await press(page, 'ArrowLeft');
			await page.locator(`#detail-${two}`).waitFor({ state: 'detached' });
			assert.equal(new URL(page.url()).pathname, `/config/${env}/${two}`);
			await focused(page, `tr[data-name="${two}"] .value-button`);
			await page.reload();
			await row(page, two).waitFor();
			assert.equal(await page.locator('.detail').count(), 0);
		}));
});

describe('how the table looks', () => {
	it('in density is kept for who chose it, and for nobody else', () =>
		visit('viewer', cooldowns, async (page, context) => {
			await view(page, (panel) => panel.getByLabel('Comfortable').check());
			await page.locator('.parameters.comfortable').waitFor();
			assert.ok(Math.min(...(await heights(page))) >= 44);
			await page.reload();
			await page.locator('.parameters.comfortable').waitFor();
			const stored = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('cvn-table:')));
			assert.deepEqual(stored, ['cvn-table:viewer']);
			const second = await context.newPage();
			await second.goto(cooldowns);
			await second.locator('.parameters.comfortable').waitFor();
			await view(second, (panel) => panel.getByLabel('Compact').check());
			await page.locator('.parameters.compact').waitFor();
		}));

	it('in columns is in the address, kept, and another environment can be one of them', async () => {
		const theirs = '77s';
		assert.equal((await save('editor', other, { [one]: theirs })).status, 200);
		await visit('viewer', cooldowns, async (page) => {
			await row(page, one).waitFor();
			assert.equal((await columns(page)).length, 6);
			await view(page, async (panel) => {
				await panel.getByLabel('Description').uncheck();
				await panel.getByLabel('Type').check();
				await panel.getByLabel(`In ${other}`, { exact: true }).check();
			});
			assert.equal(await head(page, 'Description').count(), 0);
			await row(page, one).locator('.cell-other', { hasText: theirs }).waitFor();
			const address = new URL(page.url());
			assert.equal(address.searchParams.get('cols'), `type.bounds.applies.last.in_${other}`);
			await page.goto(cooldowns); // kept, and put into the address again
			await row(page, one).locator('.cell-other', { hasText: theirs }).waitFor();
			await page.waitForURL((url) => url.searchParams.get('cols') === `type.bounds.applies.last.in_${other}`);
			await page.goto(`${cooldowns}&cols=none`);
			await row(page, one).waitFor();
			assert.equal((await columns(page)).length, 2);
		});
		assert.equal((await save('editor', other, { [one]: null })).status, 200);
	});

	it('in order is by a column, up, down and back, in the address, and said to who does not see it', () =>
		visit('viewer', cooldowns, async (page) => {
			await row(page, one).waitFor();
			const { body } = await call('viewer', 'GET', `/api/config/${env}`);
			const unit = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
			const ms = (name) => {
				const [, count, of] = /^(\d+)(\w+)$/.exec(body.values[name]);
				return Number(count) * unit[of];
			};
			const durations = (names) => names.filter((name) => name.startsWith('CVN_COOLDOWN')).map(ms);
			const rising = (numbers) => numbers.every((each, i) => i === 0 || numbers[i - 1] <= each);
			await head(page, 'In force').getByRole('button').click();
			assert.equal(await head(page, 'In force').getAttribute('aria-sort'), 'ascending');
			assert.equal(new URL(page.url()).searchParams.get('sort'), 'value');
			const up = durations(await listed(page));
			assert.ok(up.length >= 3 && rising(up), up.join());
			await head(page, 'In force').getByRole('button').press('Enter');
			assert.equal(await head(page, 'In force').getAttribute('aria-sort'), 'descending');
			assert.ok(rising(durations(await listed(page)).reverse()));
			await page.reload();
			await row(page, one).waitFor();
			assert.equal(await head(page, 'In force').getAttribute('aria-sort'), 'descending');
			assert.equal(await page.locator('tr.group').count(), 0);
			await head(page, 'In force').getByRole('button').click();
			await page.locator('tr.group').first().waitFor();
			assert.equal(new URL(page.url()).searchParams.get('sort'), null);
		}));

	it('in order does not change under the hand: what is saved elsewhere moves no row until one sorts again', async () => {
		await visit('viewer', `${cooldowns}&sort=value`, async (page) => {
			await row(page, one).waitFor();
			await page.getByText('live updates').waitFor();
			const before = await listed(page);
			const top = () => row(page, before[1]).evaluate((each) => each.getBoundingClientRect().top);
			const stood = await top();
			const first = before.find((name) => name.startsWith('CVN_COOLDOWN'));
			await button(page, first).focus();
			assert.equal((await save('editor', env, { [first]: '3599s' })).status, 200);
			await row(page, first).getByText('3599s').waitFor();
			assert.deepEqual(await listed(page), before);
			await focused(page, `tr[data-name="${first}"] .value-button`);
			const again = page.getByRole('button', { name: 'Sort again' });
			await again.waitFor();
			assert.equal(await top(), stood, 'the offer to sort again moved the rows');
			await again.click();
			await focused(page, '.parameters .sort.is-on');
			await eventually(async () => (await listed(page)).indexOf(first) > before.indexOf(first));
			assert.equal((await save('editor', env, { [first]: null })).status, 200);
		});
	});

	it('lets the browser find what is far below', () =>
		visit('viewer', `/config/${env}`, async (page) => {
			const { body } = await call('viewer', 'GET', '/api/catalog');
			const many = Array.from({ length: 5000 }, (_, i) => ({ ...body.variables[0], name: `CVN_FAR_${i}`, deprecated: false }));
			await page.route('**/api/catalog', (route) =>
				route.fulfill({ contentType: 'application/json', body: JSON.stringify({ ...body, variables: many }) }),
			);
			await page.reload();
			await page.locator('tr[data-name]').nth(4999).waitFor({ state: 'attached', timeout: 90_000 });
			assert.equal(await page.evaluate(() => window.find('CVN_FAR_4999')), true);
		}));
});

describe('a copy', () => {
	it('of a value, a row and the picked rows goes by key, is exact, shown and announced', () =>
		visit(
			'viewer',
			cooldowns,
			async (page) => {
				await button(page, one).focus();
				const now = await value(one);
				await press(page, 'c');
				await page.locator('.copy-notice', { hasText: `Copied ${one}: ${now}` }).waitFor();
				await page.locator('[role="status"][aria-live]', { hasText: `Copied ${one}` }).waitFor({ state: 'attached' });
				assert.equal(await pasted(page), now);
				await press(page, 'ArrowDown', 'Control+c');
				await page.locator('.copy-notice', { hasText: two }).waitFor();
				assert.equal(await pasted(page), await value(two));
				await press(page, 'C');
				await page.locator('.copy-notice', { hasText: `the row of ${two}` }).waitFor();
				assert.deepEqual((await pasted(page)).split('\t').slice(0, 2), [two, await value(two)]);
				await press(page, 'x', 'Shift+ArrowDown');
				await page.getByRole('button', { name: 'Copy rows' }).click();
				await page.locator('.copy-notice', { hasText: '2 rows' }).waitFor();
				const lines = (await pasted(page)).split('\n').map((line) => line.split('\t'));
				assert.deepEqual(lines.map(([name]) => name), ['Parameter', two, three]);
				await page.getByRole('button', { name: 'as JSON' }).click();
				await page.locator('.copy-notice', { hasText: 'as JSON' }).waitFor();
				assert.deepEqual(
					JSON.parse(await pasted(page)).map((each) => [each.environment, each.name, each.value]),
					[[env, two, await value(two)], [env, three, await value(three)]],
				);
				await page.locator('.copy-notice').waitFor({ state: 'detached' });
			},
			permissions,
		));

	it('goes by pointer: the value where it stands, each fact and the row in the detail', () =>
		visit(
			'viewer',
			cooldowns,
			async (page) => {
				await row(page, one).hover();
				await page.getByRole('button', { name: `Copy the value of ${one}`, exact: true }).click();
				await page.locator('.copy-notice').waitFor();
				assert.equal(await pasted(page), await value(one));
				await row(page, one).locator('.disclose').click();
				await page.getByRole('button', { name: `Copy bounds of ${one}`, exact: true }).click();
				await eventually(async () => / to /.test(await pasted(page)));
				await page.getByRole('button', { name: 'Copy as JSON' }).click();
				await eventually(async () => (await pasted(page)).startsWith('{') && JSON.parse(await pasted(page)).name === one);
				await page.getByRole('button', { name: 'Copy link' }).click();
				await eventually(async () => (await pasted(page)) === new URL(`/config/${env}/${one}`, page.url()).href);
			},
			permissions,
		));

	it('that the browser refuses is said', () =>
		visit('viewer', cooldowns, async (page) => {
			await page.evaluate(() => {
				navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
			});
			await button(page, one).focus();
			await press(page, 'c');
			await page.locator('.copy-notice.bad', { hasText: 'Not copied' }).waitFor();
		}));
});

describe('picking rows', () => {
	it('goes one by one, as a range, by group, and all that are listed, with the mouse', () =>
		visit('editor', cooldowns, async (page) => {
			await pick(page, one);
			assert.deepEqual(await picked(page), [one]);
			await pick(page, three, { modifiers: ['Shift'] });
			assert.deepEqual(await picked(page), [one, two, three]);
			await pick(page, two);
			assert.deepEqual(await picked(page), [one, three]);
			await page.getByLabel(/^Select the group Cooldown/).click();
			const group = await picked(page);
			assert.ok(group.length >= 3);
			await page.getByLabel(/^Select the group Cooldown/).click();
			assert.deepEqual(await picked(page), []);
			await page.getByLabel(/^Select all/).click();
			assert.deepEqual(await picked(page), await listed(page));
			const count = `${(await listed(page)).length} parameters selected`;
			await page.locator('[role="status"][aria-live]', { hasText: count }).waitFor({ state: 'attached' });
			await page.locator('.bulk', { hasText: `${(await listed(page)).length} selected` }).waitFor();
			await page.getByLabel(/^Select all/).click();
			assert.deepEqual(await picked(page), []);
			assert.equal(await page.locator('.bulk').count(), 0);
		}));

	it('goes without a mouse: x, Shift and Space, Shift and an arrow, Ctrl A, Esc', () =>
		visit('editor', cooldowns, async (page) => {
			await row(page, one).waitFor();
			await button(page, one).focus();
			await press(page, 'x');
			assert.deepEqual(await picked(page), [one]);
			await press(page, 'Shift+ArrowDown', 'Shift+ArrowDown');
			assert.deepEqual(await picked(page), [one, two, three]);
			await press(page, 'Shift+Space');
			assert.deepEqual(await picked(page), [one, two]);
			assert.equal(await field(page, three).count(), 0, 'Shift and Space opened the value');
			await press(page, 'Control+a');
			assert.deepEqual(await picked(page), await listed(page));
			await page.locator('[role="status"][aria-live]', { hasText: /parameters selected/ }).waitFor({ state: 'attached' });
			await press(page, 'Escape');
			assert.deepEqual(await picked(page), []);
			await row(page, two).locator('.row-pick').focus();
			await press(page, 'Space', 'ArrowDown', 'Shift+Space');
			assert.deepEqual(await picked(page), [two, three]);
		}));

	it('outlives the filter, and says what is not listed', () =>
		visit('editor', cooldowns, async (page) => {
			await pick(page, one);
			await press(page, '/');
			await focused(page, '.find input');
			await page.getByLabel('Filter parameters').fill('slippage');
			await pick(page, 'CVN_MAX_SLIPPAGE_BPS');
			await page.locator('.bulk', { hasText: '2 selected' }).waitFor();
			assert.match(await page.locator('.bulk').textContent(), /1 not listed/);
			await page.getByRole('button', { name: 'Clear', exact: true }).click();
			assert.equal(await page.locator('.bulk').count(), 0);
		}));
});

describe('what is picked', () => {
	const sheet = (page) => page.locator('dialog[open]');
	const verb = (page) => sheet(page).locator('.primary');

	it('is set together: the core judges each at every key, and it becomes one save', () =>
		visit('editor', cooldowns, async (page) => {
			const writes = [];
			page.on('request', (request) => {
				if (request.method() !== 'GET' && !request.url().endsWith('/plan')) writes.push(request.url());
			});
			for (const name of [one, two, three]) await pick(page, name);
			await page.getByRole('button', { name: 'Set a value' }).click();
			const typed = sheet(page).getByLabel(/^New value of/);
			await typed.fill('2h');
			// Of the three only one may be two hours long.
			await sheet(page).getByText('2 of 3 refuse it.').waitFor();
			assert.equal(await sheet(page).locator('tr .message').count(), 2);
			assert.equal(await verb(page).getAttribute('aria-disabled'), 'true');
			await verb(page).click({ force: true });
			assert.equal(await page.locator('.tray:not(.bulk)').count(), 0, 'a refused value was staged');
			await typed.fill('61s');
			await page.locator('dialog[open] .primary[aria-disabled="false"]').waitFor();
			await verb(page).click();
			await sheet(page).waitFor({ state: 'detached' });
			await focused(page, '.tray .primary');
			for (const name of [one, two, three]) assert.equal(await row(page, name).locator('ins').textContent(), '61s');
			assert.deepEqual(writes, [], 'staging wrote something');
			const before = await version(env);
			await review(page);
			await page.getByLabel('Reason').fill('the same pause everywhere');
			await verb(page).click();
			await sheet(page).waitFor({ state: 'detached' });
			assert.equal(writes.length, 1);
			assert.equal(await version(env), before + 1);
			for (const name of [one, two, three]) assert.equal(await value(name), '61s');
		}));

	it('is reset to its defaults', async () => {
		assert.ok([200, 422].includes((await save('editor', env, { [one]: '62s', [two]: '62s' })).status));
		await visit('editor', cooldowns, async (page) => {
			const { body } = await call('viewer', 'GET', `/api/catalog/${one}`);
			for (const name of [one, two]) await pick(page, name);
			await page.getByRole('button', { name: 'Reset to default' }).click();
			await verb(page).click();
			await sheet(page).waitFor({ state: 'detached' });
			await row(page, one).locator('ins', { hasText: body.default_value }).waitFor();
			const stored = await page.evaluate((key) => JSON.parse(sessionStorage.getItem(key)), `cvn-staged:editor:${env}`);
			assert.deepEqual([stored[one].value, stored[two].value], [null, null]);
			await discard(page);
		});
	});

	it('is copied from another environment, and what is the same there stays as it is', async () => {
		const { body } = await call('viewer', 'GET', `/api/config/${env}`);
		const same = body.values[three];
		assert.ok([200, 422].includes((await save('editor', other, { [one]: '71s', [two]: '72s', [three]: same })).status));
		await visit('editor', cooldowns, async (page) => {
			for (const name of [one, two, three]) await pick(page, name);
			await page.getByRole('button', { name: 'Copy from an environment' }).click();
			await sheet(page).getByLabel('Copy from').selectOption(other);
			await sheet(page).locator(`tr[data-name="${one}"]`, { hasText: '71s' }).waitFor();
			await sheet(page).getByText('1 parameter has this value already.').waitFor();
			await verb(page).click();
			await row(page, two).locator('ins', { hasText: '72s' }).waitFor();
			assert.equal(await row(page, three).locator('ins').count(), 0);
			await discard(page);
		});
		assert.equal((await save('editor', other, { [one]: null, [two]: null, [three]: null })).status, 200);
	});

	it('is proposed only once it is typed, and keeps to its type when most of them are left out', () =>
		visit('editor', `/config/${env}`, async (page) => {
			for (const name of [one, two, three, 'CVN_FILTER_NEWS', 'CVN_FILTER_TREND']) await pick(page, name);
			await page.getByRole('button', { name: 'Set a value' }).click();
			await sheet(page).getByText('Nothing is proposed yet').waitFor();
			assert.equal(await sheet(page).locator('tr[data-name]').count(), 0);
			assert.equal(await verb(page).getAttribute('aria-disabled'), 'true');
			await sheet(page).getByLabel(/^New value of/).fill('2h');
			await sheet(page).getByText('2 of 3 refuse it.').waitFor();
			await sheet(page).getByRole('button', { name: 'Leave them out' }).click();
			await sheet(page).getByLabel(/^New value of 1 parameter/).waitFor();
			await focused(page, 'dialog[open] .primary');
			assert.equal(await sheet(page).getByLabel('Which of them').inputValue(), 'duration');
			assert.equal(await sheet(page).locator('tr[data-name]').count(), 1);
		}));

	it('that somebody saves meanwhile is a conflict, also when it was seen to change', async () => {
		assert.ok([200, 422].includes((await save('editor', env, { [one]: '61s', [two]: '61s' })).status));
		await visit('editor', cooldowns, async (page) => {
			await page.getByText('live updates').waitFor();
			for (const name of [one, two]) await pick(page, name);
			await page.getByRole('button', { name: 'Set a value' }).click();
			await sheet(page).getByLabel(/^New value of/).fill('64s');
			assert.equal((await save('editor', env, { [one]: '65s' })).status, 200);
			await sheet(page).locator(`tr[data-name="${one}"]`, { hasText: 'saved elsewhere meanwhile' }).waitFor();
			assert.equal(await sheet(page).getByText('saved elsewhere meanwhile').count(), 1);
			await verb(page).click();
			await sheet(page).waitFor({ state: 'detached' });
			await page.locator('.tray', { hasText: '1 saved elsewhere meanwhile' }).waitFor();
			await discard(page);
		});
		assert.equal((await save('editor', env, { [one]: null, [two]: null })).status, 200);
	});

	it('leaves the tick of a picked row when a range ends on it', () =>
		visit('editor', cooldowns, async (page) => {
			await pick(page, one);
			await pick(page, three);
			await pick(page, one, { modifiers: ['Shift'] });
			assert.deepEqual(await picked(page), [one, two, three]);
		}));

	it('of several types is set a type at a time, and Back closes what asks', () =>
		visit('editor', `/config/${env}`, async (page) => {
			await pick(page, 'CVN_FILTER_NEWS');
			await pick(page, one);
			await pick(page, two);
			await page.getByRole('button', { name: 'Set a value' }).click();
			await sheet(page).getByText('the other one stays as it is', { exact: false }).waitFor();
			await sheet(page).getByLabel('Which of them').selectOption('bool');
			await sheet(page).getByLabel(/^New value of 1 parameter/).selectOption('true');
			await sheet(page).locator('tr[data-name="CVN_FILTER_NEWS"] ins', { hasText: 'true' }).waitFor();
			assert.match(page.url(), /bulk=set/);
			await page.goBack();
			await sheet(page).waitFor({ state: 'detached' });
			assert.equal(await page.locator('.tray:not(.bulk)').count(), 0);
			await page.locator('.bulk', { hasText: '3 selected' }).waitFor();
		}));

	it('is not changed by who may only look: the role is named, and copying stays', () =>
		visit('viewer', cooldowns, async (page) => {
			await pick(page, one);
			const set = page.getByRole('button', { name: 'Set a value' });
			assert.equal(await set.getAttribute('aria-disabled'), 'true');
			assert.match(await set.getAttribute('title'), /role editor/);
			await set.click({ force: true });
			assert.equal(await sheet(page).count(), 0);
		}));

	it('may be two hundred: one request has them all', () =>
		visit('editor', '/', async (page) => {
			const { body } = await call('viewer', 'GET', '/api/catalog');
			const model = body.variables.find(({ name }) => name === 'CVN_MAX_SLIPPAGE_BPS');
			const variables = Array.from({ length: 200 }, (_, i) => ({ ...model, name: `CVN_TEST_${i}` }));
			const names = variables.map(({ name }) => name);
			const answer = (reply) => (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify(reply) });
			const asked = [];
			await page.route('**/api/catalog', answer({ ...body, variables }));
			await page.route('**/api/rules', answer({ catalog_version: 1, rules: [] }));
			await page.route(`**/api/config/${env}`, answer({
				environment: env,
				version: 7,
				values: Object.fromEntries(names.map((name) => [name, '1'])),
				sources: {},
			}));
			await page.route(`**/api/config/${env}/plan`, (route) => {
				asked.push(route.request().postDataJSON().changes);
				return route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"title":"away","status":503}' });
			});
			await page.goto(`/config/${env}`);
			await page.locator('tr[data-name]').nth(199).waitFor();
			await page.getByLabel('Select all 200').click();
			await page.getByRole('button', { name: 'Set a value' }).click();
			await sheet(page).getByLabel(/^New value of 200/).fill('2.5');
			await sheet(page).getByRole('button', { name: 'Stage 200 changes' }).click();
			await page.getByRole('button', { name: 'Review 200 changes' }).click();
			await eventually(() => asked.length > 0);
			assert.deepEqual(asked[0], Object.fromEntries(names.map((name) => [name, '2.5'])));
		}));
});

describe('in both themes, wide and narrow, axe finds nothing and nothing scrolls sideways', () => {
	const looks = {
		'editor-detail': (page) => row(page, two).locator('.disclose').click(),
		'editor-view': (page) => page.getByRole('button', { name: 'View', exact: true }).click(),
		'editor-comfortable': async (page) => {
			await view(page, (panel) => panel.getByLabel('Comfortable').check());
			await stage(page, one, '63s');
		},
		'editor-columns': (page) =>
			page.goto(`/config/${env}?cols=type.text.bounds.default.applies.last.in_live.in_${other}&sort=-value`),
		'editor-picked': async (page) => {
			for (const name of [one, two, three]) await pick(page, name);
		},
		'editor-bulk': async (page) => {
			for (const name of [one, two, three, 'CVN_FILTER_NEWS']) await pick(page, name);
			await page.getByRole('button', { name: 'Set a value' }).click();
			await page.locator('dialog[open]').getByLabel(/^New value of/).fill('2h');
			await page.locator('dialog[open] .note.bad').waitFor();
		},
		'editor-editing': async (page) => {
			await button(page, three).click();
			await field(page, three).fill('9d');
			await page.locator('.value-editor .message').waitFor();
		},
	};
	for (const [name, make] of Object.entries(looks))
		it(name, () =>
			visit('editor', `/config/${env}`, async (page) => {
				await row(page, one).waitFor();
				await make(page);
				await eachLook(page, async (look) => {
					assert.deepEqual(await findings(page), [], look);
					assert.equal(await sideways(page), 0, `${look} scrolls sideways`);
					await screenshot(page, `${name}-${look}`);
				});
			}),
		);
});
