// What is done on the pages around the editor, in a real browser: history, runs, comparison, the admin's pages.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { another, anotherTime } from '../lib/another.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { launch } from './browser.mjs';
import { focused, keystrokes, visitor } from './steps.mjs';

const shared = stack();
const { call, sql, save, version } = shared;
const env = await environment(sql, 'test-pages');
const other = await environment(sql, 'test-pages-to');
const plain = 'CVN_COOLDOWN';
const second = 'CVN_COOLDOWN_AFTER_LOSS';
const critical = 'CVN_MAX_POSITION_USD';
const mark = Date.now().toString(36);

let browser;
before(async () => {
	browser = await launch();
});
after(() => browser?.close());
const visit = visitor(() => browser, shared);

const value = async (name, where = env) => (await call('viewer', 'GET', `/api/config/${where}/${name}`)).body.value;
const dialog = (page) => page.locator('dialog[open]').last();
const primary = (page) => dialog(page).locator('button.primary');
const isShut = async (page) => (await primary(page).getAttribute('aria-disabled')) === 'true';
const saved = async (changes, where = env) => {
	const reply = await save('editor', where, changes);
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body;
};
const entries = async (query) => (await call('viewer', 'GET', `/api/history?${query}`)).body.entries;
// More of them than a page of the list has.
async function sixty() {
	const missing = 60 - (await entries(`environment=${env}&limit=200`)).length;
	for (let i = 0; i < missing; i++) await saved({ [plain]: anotherTime() });
}

describe('the history', () => {
	it('is filtered by its address, goes on page by page, and a copied address shows the same', async () => {
		await sixty();
		await visit('viewer', `/history?environment=${env}`, async (page) => {
			await page.locator('[data-entry]').nth(49).waitFor();
			assert.equal(await page.locator('[data-entry]').count(), 50);
			await page.getByRole('button', { name: 'Show more' }).click();
			await page.locator('[data-entry]').nth(59).waitFor();
			await page.getByLabel('Parameter').fill('CVN_MODEL_TYPE');
			await page.keyboard.press('Enter');
			await page.getByText('Nothing was written like that').waitFor();
			assert.match(page.url(), /name=CVN_MODEL_TYPE/);
			await page.getByRole('button', { name: 'Clear the filters' }).click();
			await page.locator('[data-entry]').first().waitFor();
			assert.equal(new URL(page.url()).search, '');
		});
	});

	it('shows an entry by its address alone, with its stored difference, and closes with Esc', async () => {
		await saved({ [plain]: anotherTime() });
		const [entry] = await entries(`environment=${env}&limit=1`);
		// Filtered so that the list does not hold it: it is asked for.
		const path = `/history?name=CVN_MODEL_TYPE&entry=${entry.id}&at=${encodeURIComponent(entry.changed_at)}`;
		await visit('viewer', path, async (page) => {
			await dialog(page).locator(`tr[data-name="${plain}"]`).waitFor();
			const text = await dialog(page).textContent();
			assert.ok(text.includes(entry.diff[0].old) && text.includes(entry.diff[0].new), text);
			assert.match(text, /needs the role editor in test-pages/);
			await page.keyboard.press('Escape');
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			assert.doesNotMatch(page.url(), /entry=/);
		});
	});

	it('undoes an entry by a change: the plan first, a reason, and what was there is in force again', async () => {
		const before = await value(plain);
		await saved({ [plain]: anotherTime() });
		const [{ id, version: at }] = await entries(`environment=${env}&limit=1`);
		await visit('editor', `/history?environment=${env}`, async (page) => {
			await page.locator(`[data-entry="${id}"] a`).click();
			await page.getByRole('button', { name: `Revert v${at}` }).click();
			await page.getByRole('heading', { name: `Revert v${at} in ${env}` }).waitFor();
			await dialog(page).locator('.note.ok').waitFor();
			const asked = page.waitForRequest((request) => request.url().includes('/restore'));
			await primary(page).click();
			await dialog(page).locator('#reason-message').waitFor();
			await page.getByLabel('Reason').fill('it was better before');
			await primary(page).click();
			assert.match((await asked).headers()['if-match'], /^"\d+"$/);
			await page.locator('.change[data-state="active"]').waitFor();
			assert.equal(await value(plain), before);
		});
	});

	it('says that nothing would change where an entry is in force already, and does not send it', async () => {
		await saved({ [plain]: anotherTime() });
		const [{ id, version: at }] = await entries(`environment=${env}&limit=1`);
		await visit('editor', `/history?environment=${env}`, async (page) => {
			await page.locator(`[data-entry="${id}"] a`).click();
			await page.getByRole('button', { name: `Restore v${at}` }).click();
			await dialog(page).getByText('Nothing would change').waitFor();
			assert.ok(await isShut(page));
		});
	});

	it('restores what is critical into a change that waits for somebody else', async () => {
		const body = { environment: env, changes: { [critical]: another() }, reason: 'a test', submit: true };
		const made = await call('editor', 'POST', '/api/changes', { headers: { 'If-Match': '*' }, body });
		const { id, content_hash } = made.body;
		assert.equal((await call('approver', 'POST', `/api/changes/${id}/approve`, { body: { content_hash } })).status, 200);
		const [entry] = await entries(`environment=${env}&limit=1`);
		const now = await value(critical);
		await visit('editor', `/history?environment=${env}`, async (page) => {
			await page.locator(`[data-entry="${entry.id}"] a`).click();
			await page.getByRole('button', { name: `Revert v${entry.version}` }).click();
			await dialog(page).getByText('Needs approval').waitFor();
			await page.getByLabel('Reason').fill('back to the old limit');
			await page.getByRole('button', { name: /^Submit 1 change .*for approval$/ }).click();
			await page.locator('.change[data-state="pending_approval"]').waitFor();
			assert.equal(await value(critical), now);
			const waiting = new URL(page.url()).pathname.split('/').at(-1);
			assert.equal((await call('editor', 'POST', `/api/changes/${waiting}/withdraw`, { body: {} })).status, 200);
		});
	});

	it('is verified on demand, and downloaded under its filters', () =>
		visit('viewer', `/history?environment=${env}`, async (page) => {
			await page.getByRole('button', { name: 'Verify the chain' }).click();
			await page.getByText('The chain holds.').waitFor();
			const checked = (await call('viewer', 'GET', `/api/history/verify?environment=${env}`)).body.checked;
			assert.match(await page.locator('.verdicts').textContent(), new RegExp(`${checked} rows`));
			for (const [button, name, first] of [
				['Download CSV', 'history.csv', /^[a-z_,]+\r?\n/],
				['Download NDJSON', 'history.ndjson', /^\{/],
			]) {
				const [download] = await Promise.all([
					page.waitForEvent('download'),
					page.getByRole('button', { name: button }).click(),
				]);
				assert.equal(download.suggestedFilename(), name);
				const text = await readFile(await download.path(), 'utf8');
				assert.match(text, first);
				assert.ok(text.includes(env) && !text.includes('"live"') && !text.includes(',live,'));
			}
		}));
});

describe('runs', () => {
	const a = `run-a-${mark}`;
	const b = `run-b-${mark}`;
	before(async () => {
		for (const [id, seed] of [[a, 1], [b, 2]]) {
			if (seed === 2) await saved({ [plain]: anotherTime() });
			const body = { kind: 'backtest', environment: env, factors: { seed }, code_version: { git: `c0ffee${seed}` } };
			assert.equal((await call('editor', 'PUT', `/api/runs/${id}`, { body })).status, 201);
		}
	});

	it('are listed under their filters, with what each ran with, proved in the browser', () =>
		visit('viewer', `/runs?environment=${env}&kind=backtest`, async (page) => {
			await page.locator(`[data-run="${a}"]`).getByRole('link', { name: a }).click();
			await dialog(page).getByText('It is what its hash says.').waitFor();
			assert.match(await dialog(page).textContent(), /c0ffee1/);
			await dialog(page).getByLabel('Filter the values').fill(plain.toLowerCase());
			await eventually(async () => !(await dialog(page).textContent()).includes('CVN_SYMBOLS'), 5000, 'the filter');
			assert.ok(await dialog(page).locator('code', { hasText: new RegExp(`^${plain}$`) }).isVisible());
			await page.goto(`/runs?environment=${env}&kind=train`);
			await page.getByText('No run like that').waitFor();
		}));

	it('run again with the same set, and not without the role', async () => {
		const id = `again-${mark}`;
		await visit('viewer', `/runs?run=${a}`, async (page) => {
			await page.getByRole('button', { name: 'Run again with this set' }).click();
			await page.getByText(`needs the role editor in ${env}`).waitFor();
			assert.equal(await page.getByRole('button', { name: 'Bind the new run' }).getAttribute('aria-disabled'), 'true');
		});
		await visit('editor', `/runs?run=${a}`, async (page) => {
			await page.getByRole('button', { name: 'Run again with this set' }).click();
			await page.getByLabel('Id of the new run').fill('no id!');
			await page.getByText('Letters, digits').waitFor();
			await page.getByLabel('Id of the new run').fill(id);
			await page.keyboard.press('Enter');
			await page.getByRole('heading', { name: `Run ${id}` }).waitFor();
			const { body } = await call('viewer', 'GET', `/api/runs?environment=${env}&limit=200`);
			const hashes = [a, id].map((one) => body.runs.find(({ run_id }) => run_id === one).parameter_set_hash);
			assert.equal(hashes[0], hashes[1]);
		});
	});

	it('two of them are ticked and compared: values, factors and code side by side', () =>
		visit('viewer', `/runs?environment=${env}`, async (page) => {
			await page.getByLabel(`Compare ${a}`).check();
			await page.getByLabel(`Compare ${b}`).check();
			await page.getByRole('button', { name: 'Compare 2 of 2' }).click();
			await page.locator(`tr[data-name="${plain}"]`).waitFor();
			assert.equal(await page.locator('tr[data-name="CVN_SYMBOLS"]').count(), 0);
			assert.match(await page.locator('tr[data-name="seed"]').textContent(), /seed\s*1\s*2/);
			assert.match(await page.locator('tr[data-name="git"]').textContent(), /c0ffee1.*c0ffee2/s);
			assert.match(page.url(), new RegExp(`a=${a}&b=${b}`));
		}));
});

describe('two environments', () => {
	it('are compared, and what is chosen is promoted by a change set; the rest stays', async () => {
		await saved({ [plain]: anotherTime(), [second]: anotherTime() });
		const stays = await value(second, other);
		await visit('editor', `/compare?left=${env}&right=${other}`, async (page) => {
			await page.getByLabel(`Choose ${plain}`, { exact: true }).check();
			await page.getByRole('button', { name: `Promote 1 to ${other}` }).click();
			await dialog(page).locator('.note.ok').waitFor();
			assert.equal(await dialog(page).locator('tr[data-name]').count(), 1);
			await page.getByLabel('Reason').fill('proved in the test');
			await page.keyboard.press('Tab');
			await primary(page).click();
			await page.locator('.change[data-state="active"]').waitFor();
			assert.equal(await value(plain, other), await value(plain));
			assert.equal(await value(second, other), stays);
		});
	});

	it('a source that moves before the promotion is looked at again', async () => {
		await saved({ [plain]: anotherTime() });
		await visit('editor', `/compare?left=${env}&right=${other}`, async (page) => {
			await page.getByLabel(`Choose ${plain}`, { exact: true }).check();
			await page.getByRole('button', { name: `Promote 1 to ${other}` }).click();
			await dialog(page).locator('.note.ok').waitFor();
			await page.getByLabel('Reason').fill('what was seen');
			const next = (await saved({ [plain]: anotherTime() })).diff[0].new;
			await primary(page).click();
			await dialog(page).locator('.note.bad').waitFor();
			assert.notEqual(await value(plain, other), next);
			await dialog(page).locator(`tr[data-name="${plain}"]`, { hasText: next }).waitFor();
			await primary(page).click();
			await page.locator('.change[data-state="active"]').waitFor();
			assert.equal(await value(plain, other), next);
		});
	});

	it('a document goes out of one and into the other', () =>
		visit('editor', `/compare?left=${env}&right=${other}`, async (page) => {
			const [download] = await Promise.all([
				page.waitForEvent('download'),
				page.getByRole('button', { name: `Export ${env}`, exact: true }).click(),
			]);
			const text = await readFile(await download.path(), 'utf8');
			assert.equal(JSON.parse(text).environment, env);
			const next = anotherTime();
			await page.getByRole('button', { name: `Import into ${other}` }).click();
			await page.getByLabel('or its text').fill('{"values": {"CVN_COOLDOWN": 7}}');
			await page.getByText('has to be a text in quotes').waitFor();
			await page.getByLabel('or its text').fill(JSON.stringify({ values: { [plain]: next } }));
			await page.getByRole('button', { name: 'Plan the import' }).click();
			await dialog(page).locator(`tr[data-name="${plain}"]`).waitFor();
			await page.getByLabel('Reason').fill('from a document');
			await primary(page).click();
			await page.locator('.change[data-state="active"]').waitFor();
			assert.equal(await value(plain, other), next);
		}));
});

describe('the catalog', () => {
	const name = `CVN_TEST_${mark.toUpperCase()}`;
	const field = (page, label) => page.getByLabel(label, { exact: true });

	it('is written by a form that sends nothing the core objects to, and says why', () =>
		visit('admin', '/admin/catalog/new', async (page) => {
			let sent = 0;
			page.on('request', (request) => (sent += request.method() === 'PUT' ? 1 : 0));
			await field(page, 'Reason').fill('a test');
			const create = page.getByRole('button', { name: 'Create the parameter' });
			const wrong = [
				[{ Name: 'lower' }, /not of the form/],
				[{ Name: plain }, /already/],
				[{ Name: name, Minimum: '5', Maximum: '2' }, /min_value is above max_value/],
				[{ Minimum: '1', Maximum: '2', Default: '3' }, /default_value: "3" is above the maximum/],
				[{ Default: 'abc' }, /default_value/],
			];
			for (const [texts, why] of wrong) {
				for (const [label, text] of Object.entries(texts)) await field(page, label).fill(text);
				await page.locator('#objection').getByText(why).waitFor();
				assert.equal(await create.getAttribute('aria-disabled'), 'true');
				await create.click({ force: true });
			}
			await field(page, 'Type').selectOption('enum');
			await page.locator('#objection').waitFor();
			assert.equal(sent, 0);
			await field(page, 'Type').selectOption('decimal');
			await field(page, 'Minimum').fill('1.0');
			await field(page, 'Default').fill('');
			await page.locator(`.effects [data-environment="${env}"] .bad`).waitFor(); // required, and it has no value
			await page.getByLabel('Every environment has a value').uncheck();
			await field(page, 'Description').fill('made by a test');
			await create.click();
			await page.waitForURL(`**/admin/catalog/${name}`);
			const { body } = await call('viewer', 'GET', `/api/catalog/${name}`);
			assert.deepEqual([body.default_value, body.min_value, body.max_value], [null, '1', '2']);
		}));

	it('says what a definition does to each environment before it is written, and shows what it was; what nothing named goes', async () => {
		await visit('admin', `/admin/catalog/${name}`, async (page) => {
			const effect = page.locator(`.effects [data-environment="${env}"]`);
			await effect.getByText('stays not set').waitFor();
			await field(page, 'Default').fill('1.75');
			await effect.getByText('not set becomes 1.75').waitFor();
			await page.getByRole('button', { name: 'Back to what it is' }).click();
			await effect.getByText('stays not set').waitFor();
			await page.getByLabel(/^Deprecated/).check();
			await field(page, 'Reason').fill('nobody reads it');
			await page.getByRole('button', { name: `Save ${name}` }).click();
			await page.locator('.events li', { hasText: 'nobody reads it' }).waitFor();
			assert.equal((await call('viewer', 'GET', `/api/catalog/${name}`)).body.deprecated, true);
			await page.getByRole('button', { name: 'Delete', exact: true }).click();
			await dialog(page).getByLabel('Reason').fill('the test is over');
			await primary(page).click();
			await page.waitForURL('**/admin/catalog');
		});
		assert.equal((await call('viewer', 'GET', `/api/catalog/${name}`)).status, 404);
	});

	it('that somebody else saves while one types: nothing typed is lost, nothing of theirs is overwritten', async () => {
		const made = `CVN_TEST_TWO_${mark.toUpperCase()}`;
		const path = `/api/catalog/${made}`;
		const of = { type: 'decimal', category: 'threshold', group_name: 'Test', description: 'one', required: false, reason: 'a test' };
		const put = async (members) => {
			const before = await call('admin', 'GET', path);
			const headers = before.status === 404 ? { 'If-None-Match': '*' } : { 'If-Match': before.headers.etag };
			const { status } = await call('admin', 'PUT', path, { headers, body: { ...of, ...members } });
			assert.ok([200, 201].includes(status), String(status));
		};
		await put({});
		try {
			await visit('admin', `/admin/catalog/${made}`, async (page) => {
				const save = page.getByRole('button', { name: `Save ${made}` });
				await field(page, 'Unit').fill('bps');
				await field(page, 'Reason').fill('typed by hand');
				await put({ description: 'theirs', unit: 'USD' });
				await page.locator('#meanwhile', { hasText: 'Saved by admin meanwhile' }).waitFor();
				assert.match(await page.locator('#meanwhile').textContent(), /Description: one → to\s+theirs.*Unit: empty → to\s+USD/);
				assert.equal(await save.getAttribute('aria-disabled'), 'true');
				assert.deepEqual([await field(page, 'Unit').inputValue(), await field(page, 'Reason').inputValue()], ['bps', 'typed by hand']);
				await page.getByRole('button', { name: 'Keep what I changed, on top of it' }).click();
				await save.click();
				await page.locator('.events li', { hasText: 'typed by hand' }).waitFor();
				const { body } = await call('viewer', 'GET', path);
				assert.deepEqual([body.description, body.unit], ['theirs', 'bps']);
				// Nothing typed: what others save is simply shown.
				await put({ description: 'again', unit: 'x' });
				await page.waitForFunction(() => document.querySelector('#definition-description').value === 'again');
				assert.equal(await page.locator('#meanwhile').count(), 0);
			});
		} finally {
			await call('admin', 'DELETE', path);
		}
	});

	it('keeps what anything names: the refusal says where', () =>
		visit('admin', `/admin/catalog/${plain}`, async (page) => {
			await page.getByRole('button', { name: 'Delete', exact: true }).click();
			await dialog(page).getByLabel('Reason').fill('out of the way');
			await primary(page).click();
			await dialog(page).locator('.note.bad .request-id').waitFor();
			assert.equal((await call('viewer', 'GET', `/api/catalog/${plain}`)).status, 200);
		}));

	it('is read by everybody, and written by nobody without the role, which is named', () =>
		visit('editor', `/admin/catalog/${plain}`, async (page) => {
			await page.getByText('needs the role admin everywhere').waitFor();
			await page.getByLabel('Default', { exact: true }).fill('2m');
			const write = page.getByRole('button', { name: `Save ${plain}` });
			assert.equal(await write.getAttribute('aria-disabled'), 'true');
		}));
});

describe('rules', () => {
	const name = `test-${mark}`;
	it('are read by the core as one types, held against what runs, written and deleted', async () => {
		await visit('admin', '/admin/rules', async (page) => {
			await page.getByRole('button', { name: 'New rule' }).click();
			await page.getByLabel('Name').fill(name);
			const expression = page.getByLabel('Expression');
			for (const text of ['CVN_STOP_LOSS_PCT <', "CVN_STOP_LOSS_PCT = 'x'", 'CVN_NOT_THERE > 1']) {
				await expression.fill(text);
				await dialog(page).locator('#rule-expression-hint.message').waitFor();
				assert.ok(await isShut(page), text);
			}
			await expression.fill('CVN_STOP_LOSS_PCT > 99');
			await dialog(page).locator(`[data-environment="${env}"][data-holds="false"]`).waitFor();
			await expression.fill('CVN_STOP_LOSS_PCT >= 0');
			await dialog(page).locator(`[data-environment="${env}"][data-holds="true"]`).waitFor();
			await page.getByLabel('Message').fill('a loss is never negative');
			await page.getByLabel('Reason').fill('a test');
			await primary(page).click();
			await page.locator(`tr[data-rule="${name}"]`).waitFor();
			await page.getByRole('button', { name: `Delete ${name}` }).click();
			await dialog(page).getByLabel('Reason').fill('the test is over');
			await primary(page).click();
			await page.locator(`tr[data-rule="${name}"]`).waitFor({ state: 'detached' });
		});
		const { body } = await call('viewer', 'GET', '/api/rules');
		assert.ok(!body.rules.some((rule) => rule.name === name));
	});
});

describe('a rule that two write', () => {
	it('is not overwritten: who comes second sees what the first one saved, and chooses', async () => {
		const name = `test-two-${mark}`;
		const path = `/api/rules/${name}`;
		const put = async (message, headers) => {
			const body = { expression: 'CVN_STOP_LOSS_PCT >= 0', message, reason: 'a test' };
			const reply = await call('admin', 'PUT', path, { headers, body });
			assert.ok([200, 201].includes(reply.status), JSON.stringify(reply.body));
			return reply.body.version;
		};
		const first = await put('one', { 'If-None-Match': '*' });
		try {
			await visit('admin', `/admin/rules?rule=${name}`, async (page) => {
				await page.getByLabel('Expression').fill('CVN_STOP_LOSS_PCT > 0');
				await put('theirs', { 'If-Match': `"${first}"` });
				await dialog(page).locator('#meanwhile', { hasText: 'one → to theirs' }).waitFor();
				assert.ok(await isShut(page));
				await page.getByRole('button', { name: 'Keep what I changed, on top of it' }).click();
				await page.getByLabel('Reason').fill('a test');
				await primary(page).click();
				await dialog(page).waitFor({ state: 'detached' });
			});
			const rule = (await call('viewer', 'GET', '/api/rules')).body.rules.find((one) => one.name === name);
			assert.deepEqual([rule.expression, rule.message], ['CVN_STOP_LOSS_PCT > 0', 'theirs']);
		} finally {
			await call('admin', 'DELETE', path);
		}
	});
});

describe('operators and tokens', () => {
	const login = `t-${mark}`;
	after(() => call('admin', 'DELETE', `/api/operators/${login}`));

	it('are created with roles by environment, and disabled', () =>
		visit('admin', '/admin/operators', async (page) => {
			await page.getByRole('button', { name: 'New operator' }).click();
			await page.getByLabel('Login').fill(login);
			await page.getByLabel('Password').fill('short');
			await page.getByText('At least 12 characters').waitFor();
			assert.ok(await isShut(page));
			await page.getByLabel('Password').fill(`a long word ${mark}`);
			await page.getByLabel(`editor in ${env}`, { exact: true }).check();
			await primary(page).click();
			const row = page.locator(`tr[data-login="${login}"]`);
			await row.waitFor();
			assert.match(await row.textContent(), new RegExp(`${env}.*editor`));
			await row.getByRole('link').click();
			await page.getByLabel(/^Disabled/).check();
			await primary(page).click();
			await row.getByText('disabled').waitFor();
		}));

	it('a token is shown once, and revoked', async () => {
		await visit('admin', '/admin/operators?token=new', async (page) => {
			await page.getByLabel('Name').fill(`token ${mark}`);
			await dialog(page).getByText('It needs an environment').waitFor(); // nothing is everywhere by itself
			assert.ok(await isShut(page));
			await page.getByLabel('Environment', { exact: true }).selectOption(env);
			await page.getByLabel('Expires').fill('2020-01-01T12:00');
			await dialog(page).locator('.message', { hasText: 'expired already' }).waitFor();
			assert.ok(await isShut(page));
			await page.getByLabel('Expires').fill('');
			await primary(page).click();
			const token = await dialog(page).locator('.secret code').textContent();
			assert.match(token, /^[0-9a-f]{64}$/);
			await page.getByRole('button', { name: 'I have it' }).click();
			const row = page.locator('tr[data-token]', { hasText: `token ${mark}` });
			await row.getByText('valid').waitFor();
			assert.ok(!(await page.content()).includes(token));
			await row.getByRole('button', { name: 'Revoke' }).click();
			await dialog(page).getByText('never becomes valid again').waitFor();
			await page.keyboard.press('Escape');
			await row.getByText('valid').waitFor();
			await row.getByRole('button', { name: 'Revoke' }).click();
			await primary(page).click();
			await row.getByText('revoked').waitFor();
		});
	});

	it('an account is sent only what was changed here: what another admin changed meanwhile stays', () =>
		visit('admin', `/admin/operators?operator=${login}`, async (page) => {
			assert.ok(await isShut(page)); // nothing is changed yet
			const roles = [{ environment: other, role: 'viewer' }];
			assert.equal((await call('admin', 'PATCH', `/api/operators/${login}`, { body: { roles } })).status, 200);
			await page.getByLabel('New password').fill(`another word ${mark}`);
			await primary(page).click();
			await dialog(page).waitFor({ state: 'detached' });
			const { body } = await call('admin', 'GET', '/api/operators');
			assert.deepEqual(body.operators.find((one) => one.login === login).roles, roles);
		}));

	it('are out of reach for who is no admin, and it is said', () =>
		visit('editor', '/admin/operators', async (page) => {
			await page.locator('#operators-role', { hasText: 'admin' }).waitFor();
			await page.locator('tr[data-login="editor"]').waitFor();
			assert.equal(await page.getByRole('heading', { name: 'Tokens', exact: true }).count(), 0);
		}));
});

describe('freeze windows', () => {
	it('are set once and weekly, show where they stop something, and go', () =>
		visit('admin', '/admin/freeze', async (page) => {
			const local = (hours) => {
				const at = new Date(Date.now() + hours * 3_600_000);
				return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
			};
			const set = async (reason, fill) => {
				await page.getByRole('button', { name: 'New window' }).click();
				await dialog(page).getByText('It needs an environment').waitFor(); // nothing is frozen everywhere by itself
				await page.getByLabel('Environment', { exact: true }).selectOption(env);
				await fill();
				await page.getByLabel('Reason').fill(reason);
				await primary(page).click();
				await page.locator('tr[data-window]', { hasText: reason }).waitFor();
			};
			const [once, weekly] = [`once ${mark}`, `weekly ${mark}`];
			await set(once, async () => {
				await page.getByLabel('From', { exact: true }).fill(local(2));
				await page.getByLabel('To', { exact: true }).fill(local(1));
				await dialog(page).locator('.message', { hasText: 'It ends before it begins' }).waitFor();
				assert.ok(await isShut(page));
				await page.getByLabel('From', { exact: true }).fill(local(-1));
			});
			assert.equal((await save('editor', env, { [plain]: anotherTime() })).status, 409);
			await set(weekly, async () => {
				await page.getByLabel('How often').selectOption('weekly');
				await page.getByLabel('Saturday').check();
				await page.getByLabel('Not before').fill(local(24 * 300));
			});
			assert.match(await page.locator('tr[data-window]', { hasText: weekly }).textContent(), /Friday, Saturday/);
			for (const reason of [once, weekly]) {
				await page.getByRole('button', { name: `Delete the window: ${reason}` }).click();
				await dialog(page).getByText(reason).waitFor();
				await primary(page).click();
				await page.locator('tr[data-window]', { hasText: reason }).waitFor({ state: 'detached' });
			}
			await saved({ [plain]: anotherTime() });
		}));
});

describe('environments', () => {
	it('are made as a copy of another one, under a name that is free', async () => {
		const made = `test-${mark}`.slice(0, 30);
		await visit('admin', '/admin/environments?environment=new', async (page) => {
			await page.getByLabel('Name').fill(env);
			await page.getByText('There is one of this name').waitFor();
			assert.ok(await isShut(page));
			await page.getByLabel('Name').fill(made);
			await page.getByLabel('Values of').selectOption(env);
			await page.getByLabel('Reason').fill('a test of copies');
			await primary(page).click();
			await page.waitForURL(`**/config/${made}`);
			assert.equal(await value(plain, made), await value(plain));
		});
	});
});

describe('the dashboard', () => {
	it('draws how long applies took, tells what happens, and only it fetches the chart', async () => {
		const scripts = [];
		await visit('editor', '/history', async (page) => {
			page.on('response', async (response) => {
				if (response.url().endsWith('.js')) scripts.push((await response.text()).includes('uPlot') || /u-over/.test(await response.text()));
			});
			await page.locator('[data-entry]').first().waitFor();
			assert.ok(!scripts.includes(true), 'the chart came with another page');
			await page.getByRole('link', { name: 'Workers', exact: true }).click();
			await page.getByText('live updates').waitFor();
			const before = await value(plain, 'paper');
			try {
				const { version: now } = (await save('editor', 'paper', { [plain]: anotherTime() })).body;
				await page.locator('.stream li', { hasText: `${plain} saved as v${now}` }).waitFor();
				await page.locator('.chart canvas').waitFor();
				await page.locator('.strip li', { hasText: 'paper' }).getByText(`v${now}`, { exact: true }).waitFor();
				await page.getByRole('button', { name: 'Show as a table' }).click();
				await page.locator('.chart-table tr', { hasText: `v${now}` }).first().waitFor();
			} finally {
				assert.equal((await save('editor', 'paper', { [plain]: before })).status, 200);
			}
		});
	});
});

describe('the keyboard', () => {
	it('goes anywhere from the palette, and gives the focus back with Esc', () =>
		visit('viewer', '/runs', async (page) => {
			await page.getByRole('link', { name: 'History' }).focus();
			await page.keyboard.press('Control+k');
			await focused(page, '[role="combobox"]');
			await page.keyboard.press('Escape');
			await page.locator('dialog[open]').waitFor({ state: 'detached' });
			await focused(page, 'a[href="/history"]');
			await page.keyboard.press('Control+k');
			await focused(page, '[role="combobox"]');
			await page.keyboard.type('freeze');
			await page.locator('[role="option"][aria-selected="true"]', { hasText: 'Freeze windows' }).waitFor();
			await page.keyboard.press('Enter');
			await page.waitForURL('**/admin/freeze');
			await page.getByRole('heading', { level: 1, name: 'Freeze windows' }).waitFor();
			await page.keyboard.press('Control+k');
			await page.keyboard.type('nothing is called so');
			await page.getByText('Nothing is called').waitFor();
		}));

	it('goes to a page by two keys, filters after /, and shows the keys after ?', () =>
		visit('viewer', '/', async (page) => {
			await page.getByRole('heading', { level: 1 }).waitFor();
			await page.keyboard.press('g');
			await page.keyboard.press('a');
			await page.waitForURL('**/admin/catalog');
			await page.locator('tr[data-name]').first().waitFor();
			await page.keyboard.press('/');
			await page.keyboard.type('nothing like that');
			await page.getByText('No parameter like that').waitFor();
			await page.keyboard.press('Escape');
			await page.locator('tr[data-name]').first().waitFor();
			await page.keyboard.press('Escape');
			await page.keyboard.press('?');
			await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
		}));
});

describe('2,000 parameters', () => {
	it('are filtered so that a key is painted within 100 ms', async () => {
		const { body: catalog } = await call('viewer', 'GET', '/api/catalog');
		const { body: live } = await call('viewer', 'GET', `/api/config/${env}`);
		const few = catalog.variables.filter(({ name }) => live.values[name] !== undefined);
		const variables = Array.from({ length: 2000 }, (_, i) => {
			const like = few[i % few.length];
			return { ...like, deprecated: false, name: `CVN_P${i}_${like.name.slice(4)}` };
		});
		const values = Object.fromEntries(variables.map(({ name }, i) => [name, live.values[few[i % few.length].name]]));
		await visit('viewer', '/', async (page) => {
			await page.route('**/api/catalog', (route) => route.fulfill({ json: { ...catalog, variables } }));
			await page.route(`**/api/config/${env}`, (route) => route.fulfill({ json: { ...live, values, sources: {} } }));
			await page.goto(`/config/${env}`);
			await page.locator('tr[data-name]').nth(1999).waitFor({ state: 'attached', timeout: 60_000 });
			const texts = ['p', 'p1', 'p19', 'p199', 'p19', 'p1', 'p', '', 'c', 'co'];
			const least = await keystrokes(page, texts, 100);
			assert.ok(Math.max(...least) < 100, `the keys took ${least.map(Math.round).join(', ')} ms`);
			await page.getByLabel('Filter parameters').fill('p1999_');
			await eventually(async () => (await page.locator('tr[data-name]').count()) === 1, 5000, 'one row');
		});
	});
});

describe('live updates', () => {
	it('never move focus, selection or scroll, on a page that they write to', async () => {
		await sixty();
		await visit('viewer', `/history?environment=${env}`, async (page) => {
			await page.getByText('live updates').waitFor();
			await page.locator('[data-entry]').nth(49).waitFor();
			const field = page.getByLabel('Parameter');
			await field.fill('CVN_X');
			await field.evaluate((input) => input.setSelectionRange(1, 3));
			await page.evaluate(() => scrollTo(0, 500));
			const seen = await page.evaluate(
				() => document.elementFromPoint(200, 400).closest('[data-entry]').dataset.entry,
			);
			// New rows come above what one reads: it stays where it is on the screen.
			const where = () =>
				page.evaluate((id) => {
					const { activeElement: at } = document;
					const row = document.querySelector(`[data-entry="${id}"]`);
					return [at?.value, at?.selectionStart, at?.selectionEnd, Math.round(row.getBoundingClientRect().top)];
				}, seen);
			const before = await where();
			for (let i = 0; i < 5; i++) await saved({ [plain]: anotherTime() });
			const now = await version(env);
			await page.locator('[data-entry]', { hasText: `v${now}` }).first().waitFor({ state: 'attached' });
			assert.deepEqual(await where(), before);
		});
	});
});
