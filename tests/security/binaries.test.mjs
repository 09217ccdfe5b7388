// How the programs are built: what makes a mistake in memory harder to use is there in each binary that is installed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const bin = process.env.CVN_BIN;
const PROGRAMS = ['cvn-config-api', 'cvn-config-notifier', 'cvnctl'].map((name) => join(bin, name));
const LIBRARY = join(bin, '../lib/libcvnworker.so');
const tool = (program, ...words) => execFileSync(program, words, { encoding: 'utf8', maxBuffer: 256 << 20 });
const name = (path) => path.split('/').at(-1);

for (const path of [...PROGRAMS, LIBRARY]) {
	test(`${name(path)} lies anywhere in memory`, () => {
		assert.ok(existsSync(path), path);
		assert.match(tool('readelf', '-hW', path), /Type:\s+DYN/);
		if (path !== LIBRARY) assert.match(tool('readelf', '-dW', path), /FLAGS_1.*\bPIE\b/);
	});

	test(`${name(path)} is bound at its start, and what was bound is read-only then`, () => {
		const segments = tool('readelf', '-lW', path);
		assert.match(segments, /GNU_RELRO/);
		assert.match(tool('readelf', '-dW', path), /BIND_NOW|FLAGS_1.*\bNOW\b/);
		assert.match(segments, /GNU_STACK\s+(0x0+\s+)+(0x0+\s+)*RW\s/, 'the stack is not executable');
		assert.doesNotMatch(segments, /LOAD.*RWE/, 'nothing is written and executed');
		assert.doesNotMatch(tool('readelf', '-dW', path), /R(UN)?PATH.*(\/tmp|\.build|\$ORIGIN)/, 'it looks for no library where others may write');
	});

	test(`${name(path)} has canaries and checked copies`, () => {
		const symbols = tool('readelf', '-W', '--dyn-syms', path);
		assert.match(symbols, /__stack_chk_fail/);
		assert.match(symbols, /__(memcpy|snprintf|vsnprintf|strncpy|memmove|fprintf|read|printf)_chk/);
	});

	// The note that lets a kernel enforce it needs a C library built likewise; what is ours is marked in any case.
	test(`${name(path)} marks where a jump may land`, { skip: process.arch === 'x64' ? false : 'only x86-64 has CET' }, () => {
		const marks = tool('objdump', '-d', '--no-show-raw-insn', path).match(/\bendbr64\b/g) ?? [];
		const functions = tool('nm', path).split('\n').filter((line) => / [tT] /.test(line));
		assert.ok(functions.length > 20, `${functions.length} functions`);
		assert.ok(marks.length > functions.length / 4, `${marks.length} marks of ${functions.length} functions`);
	});
}
