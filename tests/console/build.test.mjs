// The console's build: what it writes, what it refuses. The core is any bytes here; what it does is tested elsewhere.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../../', import.meta.url));

let place;
before(async () => (place = await mkdtemp(join(tmpdir(), 'cvn-console-'))));
after(() => rm(place, { recursive: true }));

// Builds into a folder of its own with a core of so many random bytes: { outdir, code, stderr }.
async function build(name, bytes) {
	const outdir = join(place, name);
	const core = join(place, `${name}.wasm`);
	await writeFile(core, randomBytes(bytes));
	return run(`--outdir=${outdir}`, `--core=${core}`).then((result) => ({ ...result, outdir }));
}

const run = (...flags) =>
	new Promise((resolve) => {
		execFile(process.execPath, [join(root, 'static/build.mjs'), ...flags], (error, stdout, stderr) =>
			resolve({ code: error ? error.code : 0, stderr }),
		);
	});

describe('the build', () => {
	it('writes hashed names, true compressed copies, and a page with nothing inline', async () => {
		const { outdir, code, stderr } = await build('good', 1000);
		assert.equal(code, 0, stderr);
		const names = await readdir(outdir);
		for (const name of names.filter((one) => one.endsWith('.gz'))) {
			const plain = await readFile(join(outdir, name.slice(0, -3)));
			assert.ok(gunzipSync(await readFile(join(outdir, name))).equals(plain), name);
		}
		for (const kind of ['main.*.js', 'main.*.css', 'core.*.wasm', 'theme.*.js']) {
			const pattern = new RegExp(`^${kind.replace('.*.', '\\.[0-9A-Za-z]{8,10}\\.')}$`);
			assert.equal(names.filter((name) => pattern.test(name)).length, 1, kind);
		}
		const page = await readFile(join(outdir, 'index.html'), 'utf8');
		assert.doesNotMatch(page, /<style|style=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
		for (const [, named] of page.matchAll(/(?:src|href)="\/([^"]+)"/g))
			assert.ok(names.includes(named), named);
	});

	it('announces what the entry imports, and leaves to later what a page asks for', async () => {
		const { outdir } = await build('split', 1000);
		const page = await readFile(join(outdir, 'index.html'), 'utf8');
		const early = new Set([...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, name]) => name));
		const imports = async (name, pattern) =>
			[...(await readFile(join(outdir, name), 'utf8')).matchAll(pattern)].map(([, path]) => path);
		let seen = 0;
		for (const name of early)
			for (const path of await imports(name, /(?:from|import)"\/([^"]+\.js)"/g)) {
				seen++;
				assert.ok(early.has(path), `${name} imports ${path}, which the page does not announce`);
			}
		assert.ok(seen > 0, 'nothing was split');
		const later = (await readdir(outdir)).filter((name) => name.endsWith('.js') && !early.has(name));
		assert.ok(later.some((name) => name.startsWith('changes.')), 'the inbox is part of the first visit');
	});

	it('fails over its budget', async () => {
		const { code, stderr } = await build('fat', 20_000);
		assert.equal(code, 1);
		assert.match(stderr, /\.wasm is \d+ bytes gzipped, over its budget of 12000/);
	});

	it('leaves a folder alone that holds something else', async () => {
		await writeFile(join(place, 'core.wasm'), 'core');
		const { code, stderr } = await run(`--outdir=${place}`, `--core=${join(place, 'core.wasm')}`);
		assert.equal(code, 1);
		assert.match(stderr, /which no build wrote/);
	});
});

describe('the lock files', () => {
	for (const folder of ['static', 'tests'])
		it(`of ${folder} hold no download address`, async () =>
			assert.doesNotMatch(
				await readFile(join(root, folder, 'package-lock.json'), 'utf8'),
				/"resolved"/,
			));
});
