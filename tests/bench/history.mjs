// Row 10. A save among 2,000 parameters, and the first and a deep page of the history, in an environment of 1,000,000 history
// rows: against one of 1,000, in the same database, by the same client. The rows are written by the superuser at once; how they
// are chained is not what this measures.
import { alternate, basic, bench, environment, parameters, pick, port, program, requestFile, row, s, saveFile } from './lib/bench.mjs';

const PARAMETERS = 2000;
const [LONG, SHORT] = [{ name: 'bench-long', rows: 1000000 }, { name: 'bench-short', rows: 1000 }];
const NAME = 'CVN_ENTRY_THRESHOLD';
const superuser = s.run.database.replace(/user=\S+/, 'user=postgres');

// Versions 2.. of an environment, a minute apart, ending in the year before; each touches one parameter.
const fill = ({ name, rows }) => s.sql(`begin;
	set local session_replication_role = replica;
	set local synchronous_commit = off;
	insert into config_history (config_id, environment, version, change_id, kind, base_env, diff, snapshot, changed_by, change_reason,
		changed_at, catalog_version, prev_hash, row_hash)
	select c.id, c.environment, 1 + i, 1, 'save', jsonb_build_object('${NAME}', '0.5'), jsonb_build_object('${NAME}', '0.5'),
		case when (1 + i) % 256 = 0 then jsonb_build_object('${NAME}', '0.5') end, case when i % 5 = 0 then 'ada' else 'bob' end, 'bench',
		now() - interval '5 years' + i * interval '1 minute', s.version, repeat('0', 64), repeat('0', 64)
	from active_config c, catalog_state s, generate_series(1, ${rows - 1}) i where c.environment = '${name}';
	insert into config_history_names (name, environment, changed_by, history_id)
	select '${NAME}', h.environment, h.changed_by, h.id from config_history h where h.environment = '${name}' and h.version > 1;
	update config_history set changed_at = now() - interval '5 years' where environment = '${name}' and version = 1;
	update active_config set version = ${rows} where environment = '${name}';
	commit;
	analyze config_history; analyze config_history_names`, superuser);

const page = (name, query) => requestFile({ method: 'GET', target: `/api/history?environment=${name}&limit=50${query}`, headers: { Authorization: basic('viewer') } });

// A page near the beginning of the history: behind what is a tenth of the way from it.
async function deep({ name, rows }) {
	const [{ at }] = await s.sql(`select wire_time(changed_at) as at from config_history where environment = '${name}' and version = ${rows / 10}`);
	const reply = await s.call('viewer', 'GET', `/api/history?environment=${name}&limit=1&until=${at}`);
	if (!reply.body.next_cursor) throw new Error(`no deep page: ${JSON.stringify(reply.body)}`);
	return page(name, `&cursor=${reply.body.next_cursor}`);
}

async function load(request) {
	const result = await program('load', ['--port', port, '--seconds', 2, request]);
	if (result.refused) throw new Error(`${result.refused} were refused`);
	return result;
}

async function compare(name, long, short) {
	row({ name, unit: 'ms', against: 'with 1,000 rows', pairs: pick(await alternate(() => load(long), () => load(short)), 'p50_ms'), atMost: 1.2 });
}

await bench(async () => {
	await parameters(PARAMETERS);
	for (const one of [SHORT, LONG]) {
		await environment(one.name);
		await fill(one);
	}
	await compare('a save, 1,000,000 rows of history', saveFile(LONG.name), saveFile(SHORT.name));
	await compare('first page of the history', page(LONG.name, ''), page(SHORT.name, ''));
	await compare('deep page of the history', await deep(LONG), await deep(SHORT));
});
