// The peers, each on loopback and in a directory that goes with it: etcd, nginx of our own making, PostgreSQL, unleash.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { eventually, psql } from '../../lib/stack.mjs';
import { atEnd, s } from './bench.mjs';

export function freePort() {
	return new Promise((resolve, reject) => {
		const server = net.createServer().on('error', reject).listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

const listens = (port) => new Promise((resolve) => {
	const socket = net.connect(port, '127.0.0.1').on('connect', () => resolve(true)).on('error', () => resolve(false));
	socket.on('connect', () => socket.destroy());
});

// Is the program there? It comes with a Debian package of the group `bench`.
export const have = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

// A directory below /tmp that another user may enter.
export function home(name) {
	const path = mkdtempSync(join('/tmp', `cvn-bench-${name}-`));
	atEnd(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

// Starts a server, waits until it listens, and ends it with the benchmark.
export async function serve(name, command, args, port, { signal = 'SIGTERM', dir, ...options } = {}) {
	const log = join(dir, 'log');
	const words = openSync(log, 'a');
	const child = spawn(command, args, { stdio: ['ignore', words, words], ...options });
	closeSync(words);
	const ended = new Promise((resolve) => child.on('close', resolve).on('error', resolve));
	const stop = async () => {
		child.kill(signal);
		const late = setTimeout(() => child.kill('SIGKILL'), 10000);
		await ended;
		clearTimeout(late);
	};
	atEnd(stop);
	await eventually(async () => {
		if (child.exitCode !== null) throw new Error(`${name} does not start: ${readFileSync(log, 'utf8').slice(-2000)}`);
		return listens(port);
	}, 30000, `${name} to listen`);
	return { pid: child.pid, port, stop };
}

// etcd of one node, durable as it comes; null where it is not installed.
export async function etcd() {
	if (!have('etcd')) return null;
	const dir = home('etcd');
	const [client, peer] = [await freePort(), await freePort()];
	const urls = (port) => `http://127.0.0.1:${port}`;
	return serve('etcd', 'etcd', ['--data-dir', join(dir, 'data'), '--listen-client-urls', urls(client), '--advertise-client-urls', urls(client),
		'--listen-peer-urls', urls(peer), '--initial-advertise-peer-urls', urls(peer), '--initial-cluster', `default=${urls(peer)}`,
		'--log-level', 'error'], client, { dir });
}

// nginx with this text in its http block (the listening port is `port` in it), two workers like the stack's own.
export async function nginx(http, { modules = [] } = {}) {
	const dir = home('nginx');
	const port = await freePort();
	mkdirSync(join(dir, 'tmp'));
	writeFileSync(join(dir, 'nginx.conf'), `${modules.map((path) => `load_module ${path};\n`).join('')}
		${process.getuid() === 0 ? 'user postgres;' : ''}
		daemon off; pid ${dir}/nginx.pid; error_log stderr warn; worker_processes 2; worker_rlimit_nofile 20000;
		events { worker_connections 15000; multi_accept on; }
		http {
			access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_body_temp_path ${dir}/tmp;
			proxy_temp_path ${dir}/tmp; fastcgi_temp_path ${dir}/tmp; uwsgi_temp_path ${dir}/tmp; scgi_temp_path ${dir}/tmp;
			${http(port, dir)}
		}`);
	return serve('nginx', 'nginx', ['-e', 'stderr', '-p', `${dir}/`, '-c', join(dir, 'nginx.conf')], port, { dir, signal: 'SIGQUIT' });
}

export const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so';
export const hasNchan = () => existsSync(NCHAN);

// A PostgreSQL of its own with these settings; connect with the string it returns.
export async function postgres(settings = []) {
	const bin = '/usr/lib/postgresql/15/bin';
	const dir = home('pg');
	const root = process.getuid() === 0;
	const as = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', '--pdeathsig=INT'] : ['setpriv', '--pdeathsig=INT'];
	if (root) {
		const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
		chownSync(dir, id('-u'), id('-g'));
	}
	const made = spawnSync(as[0], [...as.slice(1), `${bin}/initdb`, '-D', join(dir, 'data'), '-U', 'postgres', '-A', 'trust', '--locale=C.UTF-8', '--data-checksums'], { encoding: 'utf8' });
	if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
	const port = await freePort();
	const flags = [`listen_addresses=127.0.0.1`, `port=${port}`, `unix_socket_directories=${dir}`, 'shared_buffers=64MB', 'jit=off', ...settings].flatMap((text) => ['-c', text]);
	const server = await serve('PostgreSQL', as[0], [...as.slice(1), `${bin}/postgres`, '-D', join(dir, 'data'), ...flags], port, { dir, signal: 'SIGINT' });
	const database = `host=${dir} port=${port} user=postgres dbname=postgres`;
	await eventually(() => psql(database, 'select 1').then(() => true, () => false), 30000, 'PostgreSQL to take connections'); // it listens before
	return { ...server, database };
}

// nginx before programs/fixed.c: as many processes as our responders by default.
export async function fixed(body) {
	const dir = home('fixed');
	chmodSync(dir, 0o755);
	const socket = join(dir, 'socket');
	const child = spawn(join(process.env.CVN_BENCH_BIN, 'fixed'), [socket, body, '4'], { stdio: ['ignore', 'inherit', 'inherit'] });
	atEnd(() => child.kill());
	await eventually(() => existsSync(socket), 5000, 'the fixed responder');
	return nginx((port) => `upstream fixed { server unix:${socket} max_fails=0; }
		server { listen 127.0.0.1:${port} backlog=4096; location / {
			fastcgi_pass fixed; fastcgi_param REQUEST_METHOD $request_method; fastcgi_param REQUEST_URI $request_uri; } }`);
}

// unleash-server with these features, on the stack's own PostgreSQL: { port, request }, or { why } it cannot be had.
export async function unleash(features) {
	const package_ = fileURLToPath(new URL('../peers/node_modules/unleash-server/', import.meta.url));
	if (!existsSync(package_)) return { why: 'unleash-server is not installed' };
	const { engines } = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8'));
	const [least, below] = engines.node.match(/\d+/g).map(Number);
	const node = Number(process.versions.node.split('.')[0]);
	if (node < least || (below && node >= below)) return { why: `unleash-server wants Node ${engines.node}` };

	const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');
	await psql(superuser.replace(/dbname=\S+/, 'dbname=postgres'), 'create database unleash');
	const dir = home('unleash');
	const port = await freePort();
	const [admin, client] = ['*:*.0123456789abcdef', 'default:development.0123456789abcdef'];
	await serve('unleash-server', process.execPath, [join(package_, 'dist/server.js')], port, {
		dir,
		env: {
			PATH: process.env.PATH, NODE_ENV: 'production', HTTP_HOST: '127.0.0.1', HTTP_PORT: port, LOG_LEVEL: 'error',
			DATABASE_HOST: superuser.match(/host=(\S+)/)[1], DATABASE_USERNAME: 'postgres', DATABASE_PASSWORD: 'none', DATABASE_NAME: 'unleash', DATABASE_SSL: 'false',
			INIT_ADMIN_API_TOKENS: admin, INIT_CLIENT_API_TOKENS: client, CHECK_VERSION: 'false', SEND_TELEMETRY: 'false',
		},
	});
	for (const name of features) {
		const reply = await fetch(`http://127.0.0.1:${port}/api/admin/projects/default/features`, {
			method: 'POST', headers: { Authorization: admin, 'Content-Type': 'application/json' }, body: JSON.stringify({ name, type: 'operational' }),
		});
		if (!reply.ok) throw new Error(`unleash-server: ${reply.status} ${await reply.text()}`);
	}
	return { port, request: { method: 'GET', target: '/api/client/features', headers: { Authorization: client }, to: port } };
}
