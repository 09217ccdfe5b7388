// The moments at which a process of ours can end, by name: moments.c, preloaded into the program as it is shipped, and the
// folder by which it is told what shall happen when.
import { spawn } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder } from '../notifier/alone.mjs';
import { isAlive } from './processes.mjs';
import { comes, sleep } from './proved.mjs';

const LIBRARY = process.env.CVN_MOMENTS_LIBRARY ?? fileURLToPath(new URL('../../.build/gcc/tests/faults/.libs/moments.so', import.meta.url));
const STOPPED_MS = 3000;

// { words, record(run), meet(name, action) }: `words` go before a command line.
export function moments(t) {
	if (!existsSync(LIBRARY)) throw new Error(`${LIBRARY} is not there: tools/build.sh tests gcc`);
	const home = folder(t);
	chmodSync(home, 0o777);
	const at = (name) => join(home, name);

	// The names of the moments of what `run` has done, in the order in which they come first.
	async function record(run) {
		writeFileSync(at('record'), '');
		chmodSync(at('record'), 0o666);
		await run();
		const names = readFileSync(at('record'), 'utf8').split('\n').filter(Boolean);
		rmSync(at('record'));
		return [...new Set(names)];
	}

	// Waits until a process has come to this moment and begun the action: { pid, request }.
	async function met(name, action, again) {
		appendFileSync(at('arming'), `${name}\n${action}\n`);
		renameSync(at('arming'), at('armed'));
		let [asked, pause] = [Date.now(), 1000];
		await comes(() => {
			if (Date.now() - asked > pause) {
				[asked, pause] = [Date.now(), Math.min(2 * pause, 3000)];
				again();
			}
			return existsSync(at('fired'));
		}, 40000, `somebody at "${name}", to ${action}`);
		const [pid, request = ''] = readFileSync(at('fired'), 'utf8').trim().split(' ');
		rmSync(at('fired'));
		return { pid: Number(pid), request };
	}

	// The same until the action is over, too: { request, over }. again() is called now and then until somebody comes there. Who is
	// stopped goes on after a while; one that again() has ended meanwhile is not met.
	async function meet(name, action, again = () => {}) {
		for (;;) {
			const { pid, request } = await met(name, action, again);
			if (action !== 'stop') return { request, over: Date.now() };
			await sleep(STOPPED_MS);
			if (isAlive(pid)) {
				process.kill(pid, 'SIGCONT');
				return { request, over: Date.now() };
			}
		}
	}
	return { words: ['prlimit', '--core=0', 'env', `LD_PRELOAD=${LIBRARY}`, `CVN_MOMENTS=${home}`], record, meet };
}

// A process that is started again when it ends, as a service manager does it: { kill() }. It ends with the test.
export function kept(t, [program, ...words], options) {
	let child, over = false, ended;
	const start = () => {
		child = spawn(program, words, { stdio: 'ignore', ...options });
		ended = new Promise((resolve) => child.on('close', () => {
			resolve();
			if (!over) setTimeout(() => over || start(), 100);
		}));
	};
	start();
	t.after(async () => {
		over = true;
		child.kill('SIGKILL');
		await ended;
	});
	return { kill: () => child.kill('SIGKILL') };
}
