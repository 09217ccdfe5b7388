// Builds the console: types from openapi.yaml, tsc, esbuild, hashed names, precompressed copies, budgets.
//   node build.mjs --outdir=DIR --core=PATH/core.wasm     writes DIR, replacing what a former build left there
//   node build.mjs --check                                types only
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import openapiTS, { astToString } from 'openapi-typescript';

const here = fileURLToPath(new URL('.', import.meta.url));
const source = (...path) => join(here, ...path);

// What the first visit may cost, in bytes after gzip. Over it, the build fails.
const budgets = { '.js': 60_000, '.css': 10_000, '.wasm': 12_000 };

// Lines of text become precompressed copies; fonts are compressed already.
const compressible = /\.(html|js|css|wasm|svg|txt)$/;

// What index.html names. Everything else is fetched by one of these, at once or when it is asked for.
const entryPoints = ['src/main.tsx', 'src/styles/main.css', 'src/styles/modes.css', 'src/theme.ts'];

// The stylesheets of pages: fetched with a page's code, between the two above.
const pageStyles = 'src/styles/pages';

// What ends up in the bundle and asks to be named with it.
const bundled = [
	'preact',
	'@preact/signals',
	'@preact/signals-core',
	'openapi-fetch',
	'@fontsource-variable/inter',
	'uplot',
];

class BuildError extends Error {}

function options() {
	const { values } = parseArgs({
		options: {
			outdir: { type: 'string' },
			core: { type: 'string' },
			check: { type: 'boolean', default: false },
		},
	});
	if (values.check) return values;
	if (!values.outdir || !values.core)
		throw new BuildError('usage: build.mjs --outdir=DIR --core=PATH/core.wasm');
	return { ...values, outdir: resolve(values.outdir), core: resolve(values.core) };
}

async function generateTypes() {
	const ast = await openapiTS(new URL('openapi.yaml', import.meta.url), { alphabetize: true });
	await writeFile(source('src/data/schema.d.ts'), astToString(ast));
}

function checkTypes() {
	const tsc = source('node_modules/typescript/bin/tsc');
	const { status } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', here], { stdio: 'inherit' });
	if (status !== 0) throw new BuildError('the types do not hold');
}

const hashed = (name, bytes) =>
	name.replace(/(\.[a-z]+)$/, `.${createHash('sha256').update(bytes).digest('hex').slice(0, 10)}$1`);

async function copyHashed(from, outdir, as) {
	const bytes = await readFile(from).catch(() => {
		throw new BuildError(`cannot read ${from}`);
	});
	const name = hashed(as, bytes);
	await writeFile(join(outdir, name), bytes);
	return `/${name}`;
}

const ofKind = (extension) => entryPoints.filter((path) => path.endsWith(extension));

// The addresses of the stylesheets of pages, by name, as a build wrote them.
const styleUrls = ({ outputs }) =>
	Object.fromEntries(
		Object.entries(outputs)
			.filter(([, { entryPoint }]) => entryPoint?.startsWith(pageStyles))
			.map(([path, { entryPoint }]) => [basename(entryPoint, '.css'), `/${basename(path)}`]),
	);

// Stylesheets first, since the code names those of its pages. The theme is a script of its own: classic and blocking, so
// that the first paint has the right colours.
async function bundle(outdir, coreUrl) {
	const common = {
		bundle: true,
		minify: true,
		target: ['es2022', 'chrome120', 'firefox121', 'safari17.5'],
		outdir,
		entryNames: '[name].[hash]',
		assetNames: '[name].[hash]',
		metafile: true,
		logLevel: 'warning',
		absWorkingDir: here,
		legalComments: 'none',
		publicPath: '/',
	};
	const pages = (await readdir(source(pageStyles))).map((name) => join(pageStyles, name));
	const styles = await esbuild.build({
		...common,
		entryPoints: [...ofKind('.css'), ...pages],
		loader: { '.woff2': 'file' },
	});
	const results = await Promise.all([
		styles,
		esbuild.build({
			...common,
			entryPoints: ofKind('.tsx'),
			format: 'esm',
			splitting: true,
			chunkNames: '[name].[hash]',
			jsx: 'automatic',
			jsxImportSource: 'preact',
			define: {
				CORE_URL: JSON.stringify(coreUrl),
				STYLE_URLS: JSON.stringify(styleUrls(styles.metafile)),
			},
		}),
		esbuild.build({ ...common, entryPoints: ofKind('theme.ts'), format: 'iife' }),
	]);
	const urls = {};
	const first = new Set();
	for (const { metafile } of results) {
		for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
			const name = basename(path);
			if (entryPoints.includes(entryPoint)) {
				urls[basename(entryPoint)] = `/${name}`;
				addWithImports(metafile, path, first);
			} else if (name.endsWith('.woff2')) urls[name.replace(/\..*/, '.woff2')] = `/${name}`;
		}
	}
	return { urls, first };
}

// What the browser fetches for an entry before it runs: the entry and what it imports, but nothing that it may
// import later.
function addWithImports(metafile, path, found) {
	if (found.has(basename(path))) return;
	found.add(basename(path));
	for (const { path: imported, kind } of metafile.outputs[path].imports)
		if (kind === 'import-statement') addWithImports(metafile, imported, found);
}

// Chunks that the entry imports are announced by the page, so that they are not waited for one after the other.
async function writeIndex(outdir, urls, first) {
	const template = await readFile(source('src/index.html'), 'utf8');
	const named = new Set(Object.values(urls));
	const preloads = [...first].filter((name) => name.endsWith('.js') && !named.has(`/${name}`)).sort();
	const links = preloads.map((name) => `<link rel="modulepreload" href="/${name}">`).join('\n');
	const html = template.replace('<!-- preloads -->', links).replace(/\{\{([^}]+)\}\}/g, (_, name) => {
		if (!urls[name]) throw new BuildError(`index.html names ${name}, which the build did not make`);
		return urls[name];
	});
	await writeFile(join(outdir, 'index.html'), html);
}

async function writeLicenses(outdir) {
	const texts = await Promise.all(
		bundled.map(
			async (name) =>
				`${name}\n\n${(await readFile(source('node_modules', name, 'LICENSE'), 'utf8')).trim()}\n`,
		),
	);
	await writeFile(join(outdir, 'licenses.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
}

async function compress(outdir) {
	const sizes = [];
	for (const name of (await readdir(outdir)).sort()) {
		const bytes = await readFile(join(outdir, name));
		const packed = compressible.test(name) ? gzipSync(bytes, { level: 9 }) : bytes;
		if (packed !== bytes) await writeFile(join(outdir, `${name}.gz`), packed);
		sizes.push({ name, bytes: bytes.length, packed: packed.length });
	}
	return sizes;
}

function checkBudgets(sizes, first) {
	const early = ({ name }) => first.has(name) || name.endsWith('.wasm');
	for (const file of sizes) {
		const { name, bytes, packed } = file;
		console.log(
			`${String(bytes).padStart(9)} ${String(packed).padStart(8)} gz ${early(file) ? 'first' : 'later'} ${name}`,
		);
	}
	for (const [extension, budget] of Object.entries(budgets)) {
		const total = sizes
			.filter((file) => file.name.endsWith(extension) && early(file))
			.reduce((sum, { packed }) => sum + packed, 0);
		if (total > budget)
			throw new BuildError(`${extension} is ${total} bytes gzipped, over its budget of ${budget}`);
	}
}

// Removes only what builds write, so that a mistyped --outdir does not empty a directory of something else.
async function emptyDirectory(outdir) {
	await mkdir(outdir, { recursive: true });
	const names = await readdir(outdir);
	const ours =
		/^(index\.html|favicon\.svg|licenses\.txt|[\w-]+\.[0-9A-Za-z]{8,10}\.(js|css|wasm|woff2|svg))(\.gz)?$/;
	const foreign = names.find((name) => !ours.test(name));
	if (foreign) throw new BuildError(`${outdir} holds ${foreign}, which no build wrote`);
	await Promise.all(names.map((name) => rm(join(outdir, name))));
}

async function build() {
	const { outdir, core, check } = options();
	await generateTypes();
	checkTypes();
	if (check) return;
	await stat(core).catch(() => {
		throw new BuildError(`no core at ${core}: build it first (make static/core.wasm)`);
	});
	await emptyDirectory(outdir);
	const coreUrl = await copyHashed(core, outdir, 'core.wasm');
	const iconUrl = await copyHashed(source('src/favicon.svg'), outdir, 'favicon.svg');
	const { urls, first } = await bundle(outdir, coreUrl);
	await writeIndex(outdir, { ...urls, 'core.wasm': coreUrl, 'favicon.svg': iconUrl }, first);
	await writeLicenses(outdir);
	checkBudgets(await compress(outdir), first);
}

build().catch((error) => {
	console.error(error instanceof BuildError ? `build: ${error.message}` : error);
	process.exitCode = 1;
});
