// What the tests against a running stack share: who it is, a raw HTTP client, psql, and waiting.
//
// `./dev check` starts one stack and names its directory in CVN_STATE; by hand: `./dev run --detach --state X`,
// then `CVN_STATE=X node --test tests/api`. Tests share the stack, so they leave nothing behind.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { contract } from './contract.mjs';

const run = promisify(execFile);
const { check } = contract();

// The stack in `state` (default: CVN_STATE): see the members below.
export function stack(state = process.env.CVN_STATE) {
	if (!state) throw new Error('CVN_STATE does not name the directory of a running stack');
	const facts = JSON.parse(readFileSync(join(state, 'run.json'), 'utf8'));
	const credentials = JSON.parse(readFileSync(join(state, 'credentials.json'), 'utf8'));

	// One request as an operator (`role`: viewer, editor, approver, admin) or as nobody (null). `path` is the
	// whole raw target, e.g. /api/config/paper; `body` is sent as JSON unless it is text or bytes already.
	const call = (role, method, path, options = {}) =>
		request(facts.url, method, path, { ...options, headers: { ...basic(credentials, role), ...options.headers } });

	// Runs SQL by psql, as the schema's owner unless told otherwise: rows of { column: text or null }.
	const sql = (text, database = facts.database) => psql(database, text);

	// The current version of an environment.
	const version = async (environment) => {
		const reply = await call('admin', 'GET', `/api/config/${environment}`);
		if (reply.status !== 200) throw new Error(`GET /api/config/${environment}: ${reply.status}`);
		return Number(reply.body.version);
	};

	// Saves changes { NAME: text or null } on top of whatever is current, again when another test came first.
	const save = async (role, environment, changes, reason = 'a test') => {
		for (let attempt = 0; ; attempt++) {
			const headers = { 'If-Match': `"${await version(environment)}"` };
			const reply = await call(role, 'POST', `/api/config/${environment}`, { headers, body: { changes, reason } });
			if (reply.status !== 412 || attempt === 9) return reply;
		}
	};

	return { state, run: facts, credentials, url: facts.url, call, sql, version, save };
}

// The Authorization header of an operator; none for null.
function basic(credentials, role) {
	if (role === null) return {};
	const text = `${role}:${credentials[role].password}`;
	return { Authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

// One HTTP request to `url` with the target as it stands, dots, escapes and all:
// { status, headers, body } where body is parsed JSON, or text where it is not JSON, or null where there is none. What is
// said below /api is compared with static/openapi.yaml, and thrown where it differs.
export async function request(url, method, path, options = {}) {
	const reply = await exchange(url, method, path, options);
	if (path.startsWith('/api/')) check({ method, path, headers: options.headers, body: options.body, reply });
	return reply;
}

function exchange(url, method, path, { headers = {}, body, timeout = 70000 } = {}) {
	const base = new URL(url);
	const bytes = encode(body);
	const all = { Host: base.host, ...headers };
	if (bytes !== null) {
		all['Content-Length'] ??= bytes.length;
		if (!Object.keys(all).some((name) => name.toLowerCase() === 'content-type')) all['Content-Type'] = 'application/json';
	}
	return new Promise((resolve, reject) => {
		const options = { host: base.hostname, port: base.port, method, path, headers: all, agent: false, timeout };
		const sent = http.request(options, (reply) => {
			const parts = [];
			reply.on('data', (part) => parts.push(part));
			reply.on('error', reject);
			reply.on('end', () => resolve({ status: reply.statusCode, headers: reply.headers, body: decode(reply, parts) }));
		});
		sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
		sent.on('error', reject);
		sent.end(bytes ?? undefined);
	});
}

function encode(body) {
	if (body === undefined || body === null) return null;
	if (Buffer.isBuffer(body)) return body;
	return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function decode(reply, parts) {
	const text = Buffer.concat(parts).toString('utf8');
	if (text === '') return null;
	return /[/+]json\b/.test(reply.headers['content-type'] ?? '') ? JSON.parse(text) : text;
}

// Runs SQL by psql on a connection string; an error of the server is thrown with its text.
export async function psql(database, text) {
	const flags = ['-X', '-q', '--csv', '-v', 'ON_ERROR_STOP=1', '-P', 'null=\\N', '-d', database, '-c', text];
	try {
		const { stdout } = await run('psql', flags, { maxBuffer: 64 << 20, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
		return table(stdout);
	} catch (error) {
		throw new Error(`psql: ${String(error.stderr ?? error.message).trim()}`);
	}
}

// Parses psql's CSV: the first line names the columns.
function table(csv) {
	const lines = [];
	let line = [];
	for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g)) {
		line.push(quoted === undefined ? (plain === '\\N' ? null : plain) : quoted.replaceAll('""', '"'));
		if (end === '\n') lines.push(line.splice(0));
	}
	const [names = [], ...rows] = lines;
	return rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}

// Asks `probe` again and again until it returns something true, and returns that; throws after `ms`.
export async function eventually(probe, ms = 5000, what = 'the expected state') {
	for (const end = Date.now() + ms; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
		const found = await probe();
		if (found) return found;
		if (Date.now() > end) throw new Error(`${what} did not come within ${ms} ms`);
	}
}
