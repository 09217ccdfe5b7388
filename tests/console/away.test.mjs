// The notifier killed while pages are open, and back: on a stack of its own, since everybody else needs theirs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '../lib/port.mjs';
import { eventually, stack } from '../lib/stack.mjs';
import { launch, logIn, open } from './browser.mjs';
import { live, shortMoment, stage } from './steps.mjs';

const dev = fileURLToPath(new URL('../../dev', import.meta.url));
const env = 'paper';
const name = 'CVN_COOLDOWN';

const run = (...words) =>
	new Promise((resolve, reject) => {
		const child = spawn(dev, words, { stdio: ['ignore', 'ignore', 'inherit'] });
		child.on('error', reject);
		child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`./dev ${words[0]}: ${status}`))));
	});

let state;
let browser;
before(async () => {
	state = mkdtempSync(join(tmpdir(), 'cvn-away-'));
	chmodSync(state, 0o755);
	await run('run', '--detach', '--state', state, '--port', await freePort(), '--workers', '1');
	browser = await launch();
});
after(async () => {
	await browser?.close();
	if (existsSync(join(state, 'run.json'))) await run('stop', '--state', state);
	rmSync(state, { recursive: true, force: true });
});

it('a notifier that is killed is said since when; saves go on, and what was missed is shown when it is back', async () => {
	const own = stack(state);
	// The supervisor starts it again, later each time: killed until told otherwise, it stays away.
	let away = true;
	const keepAway = async () => {
		for (let killed = 0; away; ) {
			const pid = stack(state).run.pids['cvn-config-notifier'];
			if (pid !== killed && existsSync(`/proc/${pid}`)) {
				process.kill(pid, 'SIGKILL');
				killed = pid;
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	};
	// What Chromium says of an answer that does not come, since this is what is tested.
	const { page, context, faults } = await open(browser, own.url, { tolerate: /status of 502|ERR_|Failed to fetch/ });
	try {
		await logIn(page, 'editor', own.credentials.editor.password, `/config/${env}`);
		await page.getByText('live updates').waitFor();
		await stage(page, 'CVN_COOLDOWN_AFTER_LOSS', '11m');
		const keeping = keepAway();
		await page.getByText(new RegExp(`stale since ${shortMoment}`)).waitFor({ timeout: 20_000 });
		await page.getByText('Reconnecting.').waitFor();
		assert.equal((await own.save('editor', env, { [name]: '83s' })).status, 200);
		away = false;
		await keeping;
		await page.getByText('live updates').waitFor({ timeout: 30_000 });
		await eventually(async () => (await live(page, name).textContent()) === '83s', 5000, '83s');
		await page.getByText('Reconnecting.').waitFor({ state: 'detached' });
		await page.locator('.tray', { hasText: '1 staged' }).waitFor();
		assert.deepEqual(faults, []);
	} finally {
		away = false;
		await context.close();
	}
});
