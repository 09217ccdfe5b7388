// Runs cvnctl as `./dev` installs it (or of CVN_BIN), with nothing of the caller's environment.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = process.env.CVN_BIN ?? fileURLToPath(new URL('../../.build/prefix/bin', import.meta.url));
export const cvnctl = join(bin, 'cvnctl');

// What says who asks: the variables of an operator of the stack, whose password goes to a file in `place`.
export function operator(stack, place, role, password = stack.credentials[role].password) {
	const file = join(place, `${role}-${Math.random()}`);
	writeFileSync(file, `${password}\n`, { mode: 0o600 });
	return { CVN_LOGIN: role, CVN_PASSWORD_FILE: file };
}

// The same as start(), at a terminal, on which `typed` is typed; what it prints and says are one there.
export function startOnTerminal(words, env, typed) {
	const command = [cvnctl, ...words].join(' ');
	return launch('script', ['--quiet', '--return', '--command', command, '/dev/null'], env, typed);
}

// { child, out(), said(), done: a promise of { exit, out, said } }; `input` is its standard input.
export function start(words, env = {}, input = '') {
	return launch(cvnctl, words, env, input);
}

function launch(program, words, env, input) {
	const child = spawn(program, words, { env: { PATH: process.env.PATH, ...env } });
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
