// The direct feed through the real PgBouncer: it hands statements to any server connection, so LISTEN does not hold, and
// a worker must say so at once instead of hearing nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync, chownSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, stack } from '../lib/stack.mjs';

const s = stack();
const example =
	process.env.CVN_EXAMPLE ?? (process.env.CVN_BIN && join(process.env.CVN_BIN, '../../examples/paper_trader')) ??
	new URL('../../.build/examples/paper_trader', import.meta.url).pathname;

const PORT = 6432;
const part = (name) => s.run.worker_database.match(new RegExp(`${name}=(\\S+)`))[1];

// PgBouncer in that mode before the stack's database, as the user who owns it; calls `body` with a worker's connection
// string through it.
async function pooled(mode, body) {
	const directory = mkdtempSync(join(tmpdir(), 'cvn-pool-'));
	const { uid, gid } = statSync(join(part('host'), `.s.PGSQL.5432`));
	const config = join(directory, 'pgbouncer.ini');
	const users = join(directory, 'users.txt');
	writeFileSync(users, `"${part('user')}" ""\n`);
	writeFileSync(config, `[databases]\npooled = host=${part('host')} dbname=${part('dbname')} user=${part('user')}\n[pgbouncer]\n` +
		`unix_socket_dir = ${directory}\nlisten_port = ${PORT}\nauth_type = trust\nauth_file = ${users}\npool_mode = ${mode}\n`);
	const user = process.getuid() === 0 ? { uid, gid } : {};
	if (user.uid !== undefined) for (const path of [directory, users, config]) chownSync(path, uid, gid);
	chmodSync(directory, 0o755);
	const pool = spawn('/usr/sbin/pgbouncer', [config], { ...user, stdio: 'ignore' });
	const ended = new Promise((resolve) => pool.on('close', resolve));
	try {
		await eventually(() => existsSync(join(directory, `.s.PGSQL.${PORT}`)), 5000, 'PgBouncer');
		await body(`host=${directory} port=${PORT} dbname=pooled user=${part('user')}`);
	} finally {
		pool.kill('SIGINT');
		await ended;
		rmSync(directory, { recursive: true });
	}
}

async function startWorker(database) {
	const env = { PATH: process.env.PATH, CVN_ENVIRONMENT: 'paper', CVN_WORKER_ID: 'test-pooled', CVN_DATABASE: database };
	const child = spawn(example, [], { env, stdio: ['ignore', 'pipe', 'inherit'] });
	let text = '';
	child.stdout.setEncoding('utf8').on('data', (part) => (text += part));
	const code = await new Promise((resolve) => child.on('close', resolve));
	return { code, line: JSON.parse(text.split('\n')[0]) };
}

for (const mode of ['transaction', 'session']) {
	test(`PgBouncer in ${mode} mode is recognised and refused, and the error says what to do`, async () => {
		await pooled(mode, async (database) => {
			assert.equal((await s.sql('select 1 as one', database))[0].one, '1', 'the pool itself works');
			const { code, line } = await startWorker(database);
			assert.equal(code, 1);
			assert.equal(line.event, 'start_failed');
			assert.match(line.detail, /PgBouncer.*the database itself/);
		});
	});
}
