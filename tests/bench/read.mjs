// Row 7. A decimal read by its handle, against a field of a structure behind a pointer: by one thread and by two, without
// and with a new configuration coming into force up to a thousand times a second. And found by its name, against getenv().
import { ROUNDS, bench, environment, median, program, row, s } from './lib/bench.mjs';

const CASES = [
	{ threads: 1, swaps: 0, name: '1 thread' },
	{ threads: 2, swaps: 0, name: '2 threads' },
	{ threads: 1, swaps: 1000, name: '1 thread, swaps' },
	{ threads: 2, swaps: 1000, name: '2 threads, swaps' },
];

// Who may write past the triggers: the superuser of the stack's own database.
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');

await bench(async () => {
	const env = await environment('bench-read');
	for (const { threads, swaps, name } of CASES) {
		const results = [];
		for (let i = 0; i < ROUNDS; i++)
			results.push(await program('read', ['--database', s.run.worker_database, '--environment', env, '--owner', superuser, '--threads', threads, '--swaps', swaps]));
		const note = swaps ? `${median(results.map((one) => one.swaps)).toFixed(0)} configurations came into force a second` : undefined;
		row({ name: `read by handle, ${name}`, unit: 'ns', against: 'a field behind a pointer', atMost: 1.5, note,
			pairs: results.map((one) => [one.handle, one.field]) });
		if (threads === 1 && !swaps)
			row({ name: 'read by name', unit: 'ns', against: 'getenv', atMost: 1, pairs: results.map((one) => [one.name, one.getenv]) });
	}
});
