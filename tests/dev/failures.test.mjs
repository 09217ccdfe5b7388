// Goal: what ./dev check shows of a suite that failed is what failed, not what passed beside it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../tools/tap_failed.awk', import.meta.url));
const told = (tap) => execFileSync('awk', ['-f', TOOL], { input: tap, encoding: 'utf8' });

test('a failed test is told with its diagnostics, a parent of it and what passed are not', () => {
	const leaf = ['    not ok 2 - leaf', '      ---', "      error: 'no'", '      ...', ''].join('\n');
	const parent = ['not ok 1 - parent', '  ---', "  failureType: 'subtestsFailed'", '  ...', ''].join('\n');
	assert.equal(told(`TAP version 13\n    ok 1 - first\n      ---\n      ...\n${leaf}    1..2\n${parent}ok 2 - last\n# fail 1\n`), leaf);
});

test('one that failed in a line of its own is told, at the end as well', () => {
	assert.equal(told('1..3\nok 1 - a\nnot ok 2 - b: Assertion failed\nok 3 - c\n'), 'not ok 2 - b: Assertion failed\n');
	assert.equal(told('1..1\nnot ok 1 - b'), 'not ok 1 - b\n');
});

test('what is to be done or skipped has not failed', () => {
	assert.equal(told('not ok 1 - later # TODO\nnot ok 2 - elsewhere # SKIP\n'), '');
});

test('of a long one its beginning and its end are told', () => {
	const lines = Array.from({ length: 100 }, (_, i) => `    line ${i}`);
	const shown = told(['not ok 1 - long', '  ---', ...lines, "  stack: 'here'", '  ...', 'ok 2 - next', ''].join('\n'));
	assert.match(shown, /^not ok 1 - long\n  ---\n    line 0\n/);
	assert.match(shown, /\n  \[66 lines\]\n/);
	assert.match(shown, /\n  stack: 'here'\n  \.\.\.\n$/);
});
