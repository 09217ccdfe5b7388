// Bugs seeded into the boundary machine, one at a time: the properties must catch each. mutants.json lists them: a
// sentence, a text that stands exactly once in machine.c, and what takes its place. One that no longer applies, or
// that no property catches, fails; so does a property that catches none.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MACHINE = readFileSync(join(ROOT, 'workerlib/core/machine.c'), 'utf8');
const MUTANTS = JSON.parse(readFileSync(join(ROOT, 'tests/workerlib/mutants.json'), 'utf8'));
const COMPILER = process.env.CC ?? 'gcc';
const FLAGS = ['-std=c11', '-O1', `-I${ROOT}`];
const MODEL = ['properties', 'life'];

let directory;
const objects = () => MODEL.map((name) => join(directory, `${name}.o`));

// Compiles `source` as machine.c and lives with it: { passed: [name], failed: [name], output }.
async function live(source, id) {
	const c = join(directory, `${id}.c`);
	const program = join(directory, id);
	writeFileSync(c, source);
	await run(COMPILER, [...FLAGS, '-o', program, c, ...objects()]);
	const output = await run(program, [], { env: { ...process.env, CVN_SEED: '1', CVN_SEQUENCES: '20000' }, timeout: 60000 }).then(
		(done) => done.stdout,
		(error) => error.stdout,
	);
	const results = [...output.matchAll(/^(not )?ok \d+ - ([^:]+):/gm)];
	const names = (bad) => results.filter(([, not]) => Boolean(not) === bad).map(([, , name]) => name);
	return { passed: names(false), failed: names(true), output };
}

function seeded({ bug, replace, by }) {
	const parts = MACHINE.split(replace);
	assert.equal(parts.length, 2, `"${bug}" applies ${parts.length - 1} times to workerlib/core/machine.c, not once: rewrite its row in mutants.json`);
	return parts.join(by);
}

before(async () => {
	directory = mkdtempSync(join(tmpdir(), 'cvn-mutants-'));
	await Promise.all(MODEL.map((name) => run(COMPILER, [...FLAGS, '-c', '-o', join(directory, `${name}.o`), join(ROOT, `tests/workerlib/${name}.c`)])));
});
after(() => rmSync(directory, { recursive: true, force: true }));

const caught = new Set();

describe('bugs seeded into the boundary machine', { concurrency: Math.min(2, availableParallelism()) }, () => {
	MUTANTS.forEach((mutant, i) =>
		test(`is caught: ${mutant.bug}`, async () => {
			const { failed, output } = await live(seeded(mutant), `mutant-${i}`);
			assert.ok(failed.length > 0, `no property notices it:\n${output}`);
			failed.forEach((name) => caught.add(name));
		}),
	);
});

test('every property catches a bug, and none finds one in the machine as it is', async () => {
	const { passed, failed, output } = await live(MACHINE, 'machine');
	assert.deepEqual(failed, [], output);
	assert.deepEqual(passed.filter((name) => !caught.has(name)), []);
});
