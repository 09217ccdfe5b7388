// An API of the test's own, behind an nginx of its own, on the stack's database or another; and a relay before PostgreSQL that
// loses what it is told to. All of it ends with the test that asked for it.
import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { folder, nginx } from '../notifier/alone.mjs';
import { eventually } from '../lib/stack.mjs';

export const socketDirectory = (s) => s.run.database.match(/host=(\S+)/)[1];

// Headers of an operator of the stack.
export const answerOf = (s, login) => ({ Authorization: `Basic ${Buffer.from(`${login}:${s.credentials[login].password}`).toString('base64')}` });

// { url, pid, socket }: the socket is of the responders. `before` are words before the command line: prlimit, env; `sockets` are of the notifiers behind its nginx.
export async function api(t, s, { host = socketDirectory(s), port = 5432, database = 'cvn', before = [], responders = 1, sockets = [join(socketDirectory(s), 'notifier.sock')] } = {}) {
	const home = folder(t);
	chmodSync(home, 0o755);
	const socket = join(home, 'api.sock');
	const command = [...before, join(s.state, 'programs/cvn-config-api'), '--database', `host=${host} port=${port} user=cvn_api dbname=${database}`,
		'--socket', socket, '--socket-mode', '0777', '--responders', String(responders)];
	const child = spawn(command[0], command.slice(1), { stdio: 'ignore' });
	const ended = new Promise((resolve) => child.on('close', resolve));
	t.after(async () => {
		child.kill('SIGTERM');
		await ended;
	});
	const url = await nginx(t, { api: socket, sockets });
	await eventually(async () => (await fetch(`${url}/api/me`)).status === 401, 10000, 'the API');
	return { url, pid: child.pid, socket };
}

// { host, eat, eaten, silent }: passes everything on, until `eat` is 'answer' (the server's word that it has committed) or
// 'question' (the client's COMMIT): then that is lost with the connection, once, and `eaten` counts it. While it is `silent` it
// takes everything, passes nothing on, and ends nothing.
export async function relay(t, s) {
	const host = folder(t);
	const one = { host, eat: null, eaten: 0, silent: false };
	const open = new Set();
	const server = net.createServer((near) => {
		const far = net.connect(join(socketDirectory(s), '.s.PGSQL.5432'));
		const end = () => {
			near.destroy();
			far.destroy();
			open.delete(end);
		};
		open.add(end);
		const passes = (what, to, words) => (bytes) => {
			if (one.silent) return;
			if (one.eat !== what || !bytes.toString('latin1').toUpperCase().includes(words)) return to.write(bytes);
			one.eat = null;
			one.eaten++;
			end();
		};
		near.on('data', passes('question', far, 'COMMIT')).on('error', end).on('close', end);
		far.on('data', passes('answer', near, 'COMMIT\0')).on('error', end).on('close', end);
	}).listen(join(host, '.s.PGSQL.5432'));
	await new Promise((resolve) => server.on('listening', resolve));
	chmodSync(join(host, '.s.PGSQL.5432'), 0o777);
	t.after(() => {
		open.forEach((end) => end());
		server.close();
	});
	return one;
}
