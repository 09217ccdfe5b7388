// What the tests need of a notifier that is theirs alone: the process, a Pushgateway that misbehaves, a database that
// can be cut off, an nginx before two of them. All of it ends with the test that asked for it.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { freePort } from '../lib/port.mjs';
import { eventually } from '../lib/stack.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = process.env.CVN_BIN ?? join(ROOT, '.build/prefix/bin');

export function folder(t) {
	const path = mkdtempSync(join(tmpdir(), 'cvn-alone-'));
	chmodSync(path, 0o755);
	t.after(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

// The notifier's connection string of a stack, for another host or database.
export function conninfo(s, { host, database = 'cvn' } = {}) {
	const directory = host ?? s.run.database.match(/host=(\S+)/)[1];
	return `host=${directory} user=cvn_notifier dbname=${database}`;
}

// { url, socket, lines, ended, stop(signal) }: lines are what it has logged so far; ended resolves to its exit status.
export async function notifier(t, { database, gateway, options = [], descriptors }) {
	const port = await freePort();
	const socket = join(folder(t), 's');
	const pushes = gateway ? ['--pushgateway', gateway, '--push-interval', '1'] : ['--push-interval', '3600'];
	const few = descriptors ? ['prlimit', `--nofile=${descriptors}`] : [];
	const command = [...few, join(BIN, 'cvn-config-notifier'), '--database', database, '--socket', socket, '--socket-mode', '0777',
		'--port', port, ...pushes, ...options].map(String);
	const child = spawn(command[0], command.slice(1));
	const lines = [];
	createInterface({ input: child.stderr }).on('line', (line) => lines.push(JSON.parse(line)));
	const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
	t.after(() => child.kill('SIGKILL'));
	const url = `http://127.0.0.1:${port}`;
	await eventually(() => fetch(`${url}/livez`).then((reply) => reply.ok, () => false), 5000, 'the notifier');
	return { url, socket, lines, ended, pid: child.pid, stop: (signal = 'SIGTERM') => child.kill(signal) };
}

export const ready = (one) =>
	eventually(() => fetch(`${one.url}/readyz`).then((reply) => reply.ok), 10000, 'a notifier that is ready');

export async function metric(one, name) {
	const text = await (await fetch(`${one.url}/metrics`)).text();
	return Number(text.match(new RegExp(`^${name} (.*)$`, 'm'))[1]);
}

// { url, seen, answer }: `seen` are the requests, as "PUT /path"; `answer` is a status, or null for none at all.
export async function gateway(t, answer = 202) {
	const one = { seen: [], answer };
	const server = http.createServer((request, reply) => {
		request.resume();
		one.seen.push(`${request.method} ${request.url}`);
		if (one.answer !== null) reply.writeHead(one.answer).end();
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.on('listening', resolve));
	one.url = `http://127.0.0.1:${server.address().port}`;
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	return one;
}

// A way to the database that can be cut: { host, cut(), mend(), freeze(), before(text, action), runs(name) }. Frozen, it
// takes everything and says nothing. before(): the next statement with this text waits until the action is done. runs() is
// how often the prepared statement of that name has been run through it.
export async function way(t, s) {
	const host = folder(t);
	const target = join(conninfo(s).match(/host=(\S+)/)[1], '.s.PGSQL.5432');
	const pairs = new Set();
	let open = true;
	let asked = '';
	let held = null;
	const first = () =>
		new Transform({
			async transform(part, encoding, done) {
				const { action } = held && part.includes(held.text) ? held : {};
				if (action) held = null;
				await action?.();
				done(null, part);
			},
		});
	const server = net.createServer((near) => {
		if (!open) return near.destroy();
		const far = net.connect(target);
		const pair = [near, far];
		pairs.add(pair);
		const end = () => {
			near.destroy();
			far.destroy();
			pairs.delete(pair);
		};
		for (const one of pair) one.on('error', end).on('close', end);
		near.on('data', (part) => (asked += part.toString('latin1')));
		near.pipe(first()).pipe(far).pipe(near);
	}).listen(join(host, '.s.PGSQL.5432'));
	await new Promise((resolve) => server.on('listening', resolve));
	const all = (what) => [...pairs].forEach(what);
	t.after(() => {
		all(([near]) => near.destroy());
		server.close();
	});
	return {
		host,
		// A Bind: its length, no portal's name, the statement's. The length of a Parse may end with a zero as well.
		runs: (name) => [...asked.matchAll(new RegExp(`B[^]{4}\\0${name}\\0`, 'g'))].length,
		cut() {
			open = false;
			all(([near]) => near.destroy());
		},
		mend() {
			open = true;
		},
		before(text, action) {
			held = { text, action };
		},
		freeze() {
			all(([near, far]) => {
				near.unpipe();
				far.unpipe(near);
			});
		},
	};
}

// An nginx with this checkout's files before these notifiers (the first, and a standby) and an API's socket. `patient`: as
// many may wait as they do; else one request a minute is let through, and the next is too many.
export async function nginx(t, { api, sockets, patient = true }) {
	const home = folder(t);
	const port = await freePort();
	for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(home, 'nginx/tmp', name), { recursive: true });
	for (const name of ['run', 'log', 'web', 'nginx/web']) mkdirSync(join(home, name), { recursive: true });
	const servers = sockets.map((path, i) => `server unix:${path} max_fails=0${i ? ' backup' : ''};`).join('\n');
	for (const name of readdirSync(join(ROOT, 'nginx'))) {
		if (!/\.conf(\.in)?$/.test(name)) continue;
		const text = readFileSync(join(ROOT, 'nginx', name), 'utf8')
			.replace('server unix:@RUN@/notifier.sock max_fails=0;', servers)
			.replace('@RUN@/api.sock', api)
			.replaceAll('@NOFILE@', '1024').replaceAll('@CONNECTIONS@', '512')
			.replace('@LISTEN_DEFAULT@', `listen 127.0.0.1:${port} default_server;`)
			.replace('@LISTEN@', `listen 127.0.0.1:${port};`);
		const given = patient ? text : text.replace('rate=1500r/s', 'rate=1r/m').replaceAll(' burst=60000 delay=2000', '');
		writeFileSync(join(home, 'nginx', name.replace(/\.in$/, '')), given);
	}
	const root = process.getuid() === 0 ? ['-g', 'user root;'] : [];
	const child = spawn('nginx', ['-e', 'stderr', '-p', `${realpathSync(home)}/`, '-c', 'nginx/nginx.conf', ...root],
		{ env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
	let said = '';
	child.stderr.on('data', (part) => (said += part));
	const ended = new Promise((resolve) => child.on('close', resolve));
	t.after(async () => {
		child.kill('SIGTERM');
		await ended;
	});
	const url = `http://127.0.0.1:${port}`;
	await eventually(() => fetch(`${url}/api/health`).then(() => true, () => false), 5000, `nginx (${said})`);
	return url;
}
