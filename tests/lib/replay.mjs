// The invariant of the history: replayed from empty it gives the configuration in force, byte for byte, of every
// environment, and its chain holds. A file of tests that calls replaysAfterEach() proves it after each of its tests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach } from 'node:test';

// What is wrong, as rows of { environment, fault }: one statement, so that it sees one moment while others write.
export const replayFaults = readFileSync(new URL('replay.sql', import.meta.url), 'utf8');

export function replaysAfterEach(sql) {
	afterEach(async () => assert.deepEqual(await sql(replayFaults), []));
}
