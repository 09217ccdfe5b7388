#!/usr/bin/env node
// node tests/faults/check.mjs LOG DATABASE: judges the log of a load run (JSON lines, see checker.mjs) against the database
// that it ran on (a libpq connection string of the schema's owner). Prints each fault; exits 1 when there is one.
import { readFileSync } from 'node:fs';
import { psql } from '../lib/stack.mjs';
import { check, readState } from './checker.mjs';

const [file, database, ...more] = process.argv.slice(2);
if (!file || !database || more.length) {
	console.error('usage: check.mjs LOG DATABASE');
	process.exit(2);
}
const log = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
const faults = check(log, await readState((text) => psql(database, text)));
for (const { kind, detail } of faults) console.log(`${kind}: ${detail}`);
console.log(`${log.length} lines, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
