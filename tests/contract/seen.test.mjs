// Goal: nothing that static/openapi.yaml promises is untested. When the suites on the stack have run, each operation was
// heard with each success that it declares. CVN_CONTRACT_SEEN is the file that tests/lib/contract.mjs wrote meanwhile.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { operationsOf, readDocument } from '../lib/contract.mjs';

const file = process.env.CVN_CONTRACT_SEEN;
const success = (status) => /^(2\d\d|304)$/.test(status);

test('every success of every operation was heard in a test', () => {
	assert.ok(file, 'CVN_CONTRACT_SEEN does not name the file that the suites have written');
	const seen = new Set(readFileSync(file, 'utf8').split('\n'));
	const promised = operationsOf(readDocument()).flatMap(({ id, operation }) => Object.keys(operation.responses).filter(success).map((status) => `${id} ${status}`));
	assert.ok(promised.length > 0);
	assert.deepEqual(promised.filter((line) => !seen.has(line)), []);
});
