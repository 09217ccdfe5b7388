// A stack of a test's own, beside the shared one: for what would disturb everybody else.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from './port.mjs';
import { stack } from './stack.mjs';

const DEV = fileURLToPath(new URL('../../dev', import.meta.url));

// Runs ./dev with words, to its end; throws what it said when it fails.
async function dev(...words) {
	const child = spawn(DEV, words, { stdio: ['ignore', 'ignore', 'pipe'] });
	let said = '';
	child.stderr.on('data', (text) => (said += text));
	const status = await new Promise((resolve) => child.on('close', resolve));
	if (status !== 0) throw new Error(`./dev ${words.join(' ')}: ${said}`);
}

// As stack(), and stop(), which the caller must call.
export async function startStack(...words) {
	const state = mkdtempSync(join(tmpdir(), 'cvn-own-test-'));
	chmodSync(state, 0o755); // the service user is to reach it
	const stop = async () => {
		await dev('stop', '--state', state);
		rmSync(state, { recursive: true, force: true });
	};
	try {
		await dev('run', '--detach', '--state', state, '--port', await freePort(), ...words);
	} catch (error) {
		await stop();
		throw error;
	}
	return { ...stack(state), stop };
}

// The processes whose parent is `pid`.
export function children(pid) {
	return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/stat`)).filter((name) => {
		try {
			// The name of the program is in brackets and may hold anything; the parent is the second word after it.
			return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')[1] === String(pid);
		} catch {
			return false; // gone meanwhile
		}
	}).map(Number);
}
