// Row 3. Saves a second by 1, 8 and 32 clients, each on an environment of its own, through nginx and all checks, against
// pgbench with the SQL of a save, prepared and a round trip a statement, on the same database. etcd's durable put of the same
// clients is there for information.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { ROUNDS, alternate, bench, environment, median, pick, port, program, requestFile, row, s, saveFile, scratch, skip } from './lib/bench.mjs';
import { etcd } from './lib/peers.mjs';

const run = promisify(execFile);
const SECONDS = 2;
const CLIENTS = [1, 8, 32];
const NAME = 'CVN_ENTRY_THRESHOLD';
const PGBENCH = '/usr/lib/postgresql/15/bin/pgbench';
const VALUES = ['0.41', '0.42'];

// One transaction as fcgi/ops and fcgi/db make it, from one value of the parameter to the other; a colon in a text is a variable to pgbench.
const transaction = (from, to) => `begin isolation level read committed;
select pg_current_xact_id()::text;
select version, locked_by, case when frozen_until is not null then greatest(1, ceil(extract(epoch from frozen_until - clock_timestamp())))::bigint end, 0 as workers, to_char(frozen_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24.MI.SS"Z"'), catalog_stamp from config_lock(concat('bench-saves-', :client_id::int))
\\gset
select e.name, e.value from active_config c join active_config_entries e on e.config_id = c.id where c.environment = concat('bench-saves-', :client_id::int) union all select l, null from catalog_loosened(array['editor']) l;
select version, change_id from config_write(concat('bench-saves-', :client_id::int), 'save', :version::bigint, jsonb_build_object('${NAME}', '${to}'), jsonb_build_array(jsonb_build_object('name', '${NAME}', 'old', '${from}', 'new', '${to}')), repeat('0', 64), 'editor', null, 'bench', 'bench', null);
commit;
`;

// Both transactions, so that the value before is always known: two saves a run.
async function pgbench(clients) {
	await Promise.all(Array.from({ length: clients }, async (_, i) => {
		const reply = await s.save('editor', `bench-saves-${i}`, { [NAME]: VALUES[0] });
		if (reply.status !== 200 && reply.body.code !== 'no_change') throw new Error(JSON.stringify(reply.body));
	}));
	const script = join(scratch, 'save.sql');
	writeFileSync(script, transaction(...VALUES) + transaction(...[...VALUES].reverse()));
	const database = s.run.database.replace(/user=\S+/, 'user=cvn_api');
	const { stdout } = await run(PGBENCH, ['-n', '-M', 'prepared', '-f', script, '-c', clients, '-j', 1, '-T', SECONDS, database].map(String));
	if (!/number of failed transactions: 0 /.test(stdout)) throw new Error(stdout);
	return { per_second: 2 * Number(stdout.match(/^tps = ([\d.]+)/m)[1]) };
}

async function ours(requests) {
	const result = await program('load', ['--port', port, '--seconds', SECONDS, ...requests]);
	if (result.refused) throw new Error(`${result.refused} saves were refused`);
	return result;
}

const base64 = (text) => Buffer.from(text).toString('base64');
const put = (i, to) => requestFile({ method: 'POST', target: '/v3/kv/put', to, body: JSON.stringify({ key: base64(`bench-${i}`), value: `@@@@@@@@${base64('x'.repeat(1200))}` }) });

await bench(async () => {
	const environments = await Promise.all(Array.from({ length: 32 }, (_, i) => environment(`bench-saves-${i}`)));
	const requests = environments.map((name) => saveFile(name));
	const peer = await etcd();
	if (!peer) skip('saves a second beside etcd', 'etcd-server is not installed');
	for (const clients of CLIENTS) {
		const pairs = await alternate(() => ours(requests.slice(0, clients)), () => pgbench(clients));
		row({ name: `saves, ${clients} ${clients === 1 ? 'client' : 'clients'}`, unit: '/s', against: 'pgbench, the same SQL', pairs: pick(pairs, 'per_second'), atLeast: 0.7 });
		if (!peer) continue;
		const puts = Array.from({ length: clients }, (_, i) => put(i, peer.port));
		const beside = [];
		for (let i = 0; i < Math.min(2, ROUNDS); i++) beside.push((await program('load', ['--port', peer.port, '--seconds', SECONDS, ...puts])).per_second);
		row({ name: `saves, ${clients} ${clients === 1 ? 'client' : 'clients'}, beside etcd`, unit: '/s', against: 'etcd put', pairs: pairs.map(([one]) => [one.per_second, median(beside)]) });
	}
});
