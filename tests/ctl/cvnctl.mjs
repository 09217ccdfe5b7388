// Runs cvnctl as `./dev` installs it (or of CVN_BIN), with nothing of the caller's environment.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = process.env.CVN_BIN ?? fileURLToPath(new URL('../../.build/prefix/bin', import.meta.url));

// { child, out(), said(), done: a promise of { exit, out, said } }; `input` is its standard input.
export function start(words, env = {}, input = '') {
	const child = spawn(join(bin, 'cvnctl'), words, { env: { PATH: process.env.PATH, ...env } });
	const text = { out: '', said: '' };
	child.stdout.on('data', (part) => (text.out += part));
	child.stderr.on('data', (part) => (text.said += part));
	child.stdin.on('error', () => {}); // it need not read what it is given
	child.stdin.end(input);
	const done = new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (exit) => resolve({ exit, ...text }));
	});
	return { child, out: () => text.out, said: () => text.said, done };
}
