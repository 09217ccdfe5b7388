// The way back from a change that was applied: an ordinary change with its plan, and what was changed since is said.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { environment } from '../api/environment.mjs';
import { anotherTime } from '../lib/another.mjs';
import { stack } from '../lib/stack.mjs';
import { findings, launch } from './browser.mjs';
import { visitor } from './steps.mjs';

const shared = stack();
const { call, sql, save } = shared;
const env = await environment(sql, 'test-revert');
const [{ id }] = await sql(`select id from config_changes where environment = '${env}' and kind = 'create'`);
const [one, two] = ['CVN_COOLDOWN', 'CVN_COOLDOWN_AFTER_LOSS'];

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());
const visit = visitor(() => browser, shared);
const dialog = (page) => page.locator('dialog[open]');

const values = async () => (await call('viewer', 'GET', `/api/config/${env}`)).body.values;

async function saved(changes) {
	const reply = await save('editor', env, changes);
	assert.equal(reply.status, 200, JSON.stringify(reply.body));
	return reply.body;
}

describe('an applied change', () => {
	it('is reverted by a change of its own: the plan, a reason, and its old values are in force', async () => {
		const before = await values();
		const { change_id, version } = await saved({ [one]: anotherTime(), [two]: anotherTime() });
		await visit('editor', `/changes/${change_id}`, async (page) => {
			await page.getByRole('button', { name: 'Revert this change' }).click();
			assert.equal(new URL(page.url()).searchParams.get('revert'), String(change_id));
			await page.getByRole('heading', { name: `Revert v${version} in ${env}` }).waitFor();
			await dialog(page).locator('.note.ok').waitFor();
			assert.equal(await dialog(page).getByText('Changed again since').count(), 0);
			await page.getByLabel('Reason').fill('it was better before');
			await dialog(page).locator('.primary').click();
			await page.locator(`.change[data-state="active"]`).getByText('restores older values', { exact: false }).first().waitFor();
			assert.notEqual(new URL(page.url()).pathname, `/changes/${change_id}`);
		});
		const now = await values();
		assert.deepEqual([now[one], now[two]], [before[one], before[two]]);
	});

	it('says which of its parameters somebody changed again since, to what, and who', async () => {
		const set = '1100ms';
		const { change_id, version } = await saved({ [one]: set, [two]: anotherTime() });
		await saved({ [one]: '1200ms' });
		await visit('editor', `/changes/${change_id}?revert=${change_id}`, async (page) => {
			const note = dialog(page).locator('.note', { hasText: `Changed again since v${version}` });
			await note.waitFor();
			const rows = note.locator('tr[data-name]');
			assert.equal(await rows.count(), 1);
			const text = await rows.textContent();
			for (const part of [one, set, '1200ms', 'by editor']) assert.ok(text.includes(part), `${part} in ${text}`);
			assert.deepEqual(await findings(page), []);
			assert.equal(await dialog(page).getByText('meanwhile').count(), 0);
			await saved({ [one]: '1300ms' });
			await dialog(page).getByText(`${env} moved from v${version + 1} to v${version + 2} meanwhile`).waitFor();
			await rows.getByText('1300ms').waitFor();
		});
	});

	it('offers no revert to who may not change a value, and says which role that needs', async () => {
		const { change_id } = await saved({ [one]: anotherTime() });
		await visit('viewer', `/changes/${change_id}?revert=${change_id}`, async (page) => {
			const button = page.getByRole('button', { name: 'Revert this change' });
			assert.equal(await button.getAttribute('aria-disabled'), 'true');
			await page.getByText(`Reverting needs the role editor in ${env}`).waitFor();
			await button.click({ force: true });
			assert.equal(await dialog(page).count(), 0);
		});
	});
});

describe('the creation of an environment', () => {
	it('is listed as what it is, also after values were saved there', () =>
		visit('viewer', `/changes?view=all&environment=${env}&created_by=admin`, async (page) => {
			const row = page.locator(`[data-change="${id}"]`);
			await row.waitFor();
			assert.match(await row.textContent(), /created the environment.*all parameters at their defaults.*created/);
			assert.doesNotMatch(await row.textContent(), /superseded|nothing/);
		}));

	it('has a page that says so, and nothing to revert', () =>
		visit('editor', `/changes/${id}`, async (page) => {
			await page.getByRole('heading', { name: 'Created', exact: true }).waitFor();
			await page.getByText('It set no value: all parameters at their defaults.').waitFor();
			assert.equal(await page.getByRole('button', { name: 'Revert this change' }).count(), 0);
		}));
});
