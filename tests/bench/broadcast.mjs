// Row 2. A save until it is in force in the last of 100 workers that LISTEN, p99: against libpq alone, which sends the same
// statements and lets 100 listeners read the entries once. 20 ms between two saves.
import { alternate, bench, environment, pick, port, program, row, s, saveFile } from './lib/bench.mjs';

const WORKERS = 100;
const COUNT = 60;
const PAUSE = 20000;

await bench(async () => {
	const env = await environment('bench-broadcast');
	const bare = await environment('bench-bare');
	const request = saveFile(env);
	const common = ['--count', COUNT, '--pause', PAUSE];
	const pairs = await alternate(
		() => program('applied', ['--port', port, '--request', request, '--database', s.run.worker_database, '--environment', env, '--workers', WORKERS, ...common]),
		() => program('bare', ['--writer', s.run.database.replace(/user=\S+/, 'user=cvn_api'), '--reader', s.run.worker_database, '--environment', bare, '--listeners', WORKERS, ...common]),
	);
	for (const [p, atMost] of [['p50', undefined], ['p99', 1.5]])
		row({ name: `save to the last of ${WORKERS} workers, ${p}`, unit: 'ms', against: 'libpq alone', pairs: pick(pairs, `${p}_ms`), atMost });
});
