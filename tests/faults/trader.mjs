// A worker of the test's own: the example trader of the stack, with its log. It ends with the test that asked for it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// { pid, lines, has(event), ended, kill(signal) }: lines are what it has logged so far. `before` are words before the command
// line, `env` more of its environment.
export function trader(t, s, { id, environment, database = s.run.worker_database, before = [], env = {} }) {
	const programs = join(s.state, 'programs');
	const command = [...before, join(programs, 'paper_trader')];
	const child = spawn(command[0], command.slice(1), {
		stdio: ['ignore', 'pipe', 'ignore'],
		env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', LD_LIBRARY_PATH: programs, CVN_DATABASE: database, CVN_ENVIRONMENT: environment, CVN_WORKER_ID: id, ...env },
	});
	const lines = [];
	createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
	const ended = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
	t.after(async () => {
		child.kill('SIGKILL');
		await ended;
		await s.sql(`update workers set closed_at = clock_timestamp() where worker_id = '${id}' and closed_at is null`);
	});
	return { pid: child.pid, lines, has: (event) => lines.some((line) => line.event === event), ended, kill: (signal) => child.kill(signal) };
}
