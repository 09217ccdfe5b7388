// What the installed library asks of the process it is linked into: it must not exit, print, handle signals or set
// the locale, so it must not even name what would.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const bin = process.env.CVN_BIN ?? new URL('../../.build/prefix/bin', import.meta.url).pathname;
const library = join(bin, '../lib/libcvnworker.so');

const symbols = (...flags) =>
	execFileSync('nm', ['--dynamic', ...flags, library], { encoding: 'utf8' })
		.split('\n')
		.map((line) => line.trim().split(/\s+/).at(-1).replace(/@.*/, ''))
		.filter(Boolean);

// Each with what it would do to the caller's process.
const forbidden = [
	['ends it', /^(_?_?exit|_Exit|quick_exit|abort|__assert_fail|raise|kill|pthread_kill|longjmp|err|errx)$/],
	['prints', /^(_*v?f?printf(_chk)?|puts|fputs|putchar|putc|fputc|fwrite|perror|psignal|v?syslog|stdout|stderr|stdin)$/],
	['handles signals', /^(signal|sigaction|sigprocmask|pthread_sigmask|alarm|setitimer|timer_create|sigwait.*)$/],
	['reads or sets the locale', /^(setlocale|uselocale|newlocale|localeconv|strerror|strto[dfl]+)$/],
	['depends on its environment', /^(secure_)?(getenv|putenv|setenv|clearenv|environ)$/],
	['forks, or runs at its forks or its end', /^(v?fork|pthread_atfork|__register_atfork|posix_spawn.*|exec[vl].*|system|popen|atexit|__cxa_atexit)$/],
	['changes it as a whole', /^(chdir|umask|setrlimit|set[ug]id|prctl|nice|dlopen)$/],
];

for (const [does, names] of forbidden) {
	test(`the library calls nothing that ${does}`, () => {
		const used = symbols('--undefined-only');
		assert.ok(used.length > 50, `${used.length} symbols of ${library}`);
		assert.deepEqual(used.filter((name) => names.test(name)), []);
	});
}

test('the library shows nothing but its interface', () => {
	const shown = symbols('--defined-only').filter((name) => !name.startsWith('cvn_') && !name.startsWith('CVNWORKER_'));
	assert.deepEqual(shown, []);
});
