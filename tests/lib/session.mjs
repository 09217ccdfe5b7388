// A connection to the database that stays open between statements, so that a test can hold a transaction open while
// others run into it; and the question who waits for it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

// { run, pid, end }: run(text) sends statements, and gives the lines they answer, one a row, columns apart by |. An error
// of the server is thrown with its SQLSTATE as `code`. The caller must end() it.
export async function session(database) {
	const mark = `-- ${randomUUID()}`;
	const words = ['-X', '-q', '-At', '-v', 'VERBOSITY=sqlstate', '-d', database];
	const child = spawn('psql', words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, PGOPTIONS: '-c client_min_messages=error' } });
	const ended = new Promise((resolve) => child.on('close', resolve));
	let said = '';
	let complained = '';
	let heard = () => {};
	child.stdout.setEncoding('utf8').on('data', (text) => ((said += text), heard()));
	child.stderr.setEncoding('utf8').on('data', (text) => (complained += text));

	const run = async (text) => {
		[said, complained] = ['', ''];
		// Both ends are marked, so that nothing of a statement is heard after it.
		child.stdin.write(`${text};\n\\warn ${mark}\n\\echo ${mark}\n`);
		await new Promise((resolve, reject) => {
			heard = () => said.endsWith(`${mark}\n`) && complained.endsWith(`${mark}\n`) && resolve();
			child.stderr.on('data', heard);
			ended.then(() => reject(new Error(`psql has ended: ${complained}`)));
		});
		child.stderr.off('data', heard);
		const [, code] = /ERROR:\s+(\w{5})/.exec(complained) ?? [];
		if (code) throw Object.assign(new Error(`${text}: ${complained.split('\n')[0]}`), { code });
		return said.split('\n').slice(0, -2);
	};
	const end = async () => {
		child.stdin.end('rollback;\n');
		await ended;
	};
	const [pid] = await run('select pg_backend_pid()');
	return { run, pid: Number(pid), end };
}

// Comes back when `count` backends whose statement matches `pattern` wait for the backend `pid`, or for one that does;
// the observer is a session of its own. Throws after five seconds.
export async function blocked(observer, pid, count, pattern) {
	await observer.run(`do $$
		declare
			v_end timestamptz := clock_timestamp() + interval '5 s';
		begin
			loop
				perform pg_stat_clear_snapshot();
				exit when ${count} <= (
					with recursive line (pid) as (
						select ${pid} union select l.pid from line join pg_locks l on not l.granted and line.pid = any (pg_blocking_pids(l.pid)))
					select count(*) from line join pg_stat_activity a using (pid) where a.query ~ '${pattern}');
				if clock_timestamp() > v_end then
					raise exception 'nobody came' using errcode = 'query_canceled';
				end if;
				perform pg_sleep(0.005);
			end loop;
		end $$`);
}
