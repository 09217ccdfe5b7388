// Row 11. The check of 100 changes over 2,000 parameters and 200 rules: types, bounds and rules by the core, natively and as
// WebAssembly in Chromium, catalog and rules read from their text each time. Against ajv, which has compiled its schema before
// and is asked for types and bounds alone, of the same values as text.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { chromium } from 'playwright-core';

import { ROUNDS, bench, median, program, row, scratch, skip } from './lib/bench.mjs';

const [PARAMETERS, CHANGES, RULES, CALLS] = [2000, 100, 200, 100];
const name = (i) => `CVN_P${String(i).padStart(5, '0')}`;
const parameters = Array.from({ length: PARAMETERS }, (_, i) => ({
	name: name(i), type: ['decimal', 'int', 'bool', 'decimal'][i % 4], value: ['0.55', '40', 'true', '12.25'][i % 4], min: i % 4 === 2 ? null : '0', max: i % 4 === 2 ? null : '1000',
}));
const changes = Array.from({ length: CHANGES }, (_, i) => [name(i * 20), '0.75']); // decimals all
const rules = Array.from({ length: RULES }, (_, i) => ({
	name: `rule-${i}`, expression: `if ${name(i * 8 + 2)} then ${name(i * 8)} < ${name(i * 8 + 3)} * 2 + ${name(i * 8 + 1)}`, message: 'They belong together.',
}));

// A message of workerlib/core/wasm.h.
function message() {
	const parts = [];
	const number = (value) => parts.push(Buffer.from(Uint32Array.of(value).buffer));
	const field = (text) => {
		if (text === null) return number(0xffffffff);
		number(Buffer.byteLength(text));
		parts.push(Buffer.from(`${text}\0`));
	};
	number(PARAMETERS);
	for (const p of parameters) {
		for (const text of [p.name, p.type, null, p.value, p.min, p.max]) field(text);
		number(1);
		field(p.value);
	}
	number(CHANGES);
	for (const change of changes) change.forEach(field);
	number(RULES);
	for (const rule of rules) [rule.name, rule.expression, rule.message].forEach(field);
	return Buffer.concat(parts);
}

function schema() {
	const types = { decimal: 'number', int: 'integer', bool: 'boolean' };
	const bounds = (p) => (p.min === null ? {} : { minimum: Number(p.min), maximum: Number(p.max) });
	const properties = Object.fromEntries(parameters.map((p) => [p.name, { type: types[p.type], ...bounds(p) }]));
	return { type: 'object', properties, required: parameters.map((p) => p.name), additionalProperties: false };
}

// Microseconds of a check, from the texts of the configuration and of the changes.
function byAjv(validate, values, changed) {
	const times = [];
	for (let i = 0; i < CALLS; i++) {
		const start = process.hrtime.bigint();
		const proposed = { ...JSON.parse(values), ...JSON.parse(changed) };
		if (!validate(proposed)) throw new Error(JSON.stringify(validate.errors));
		times.push(Number(process.hrtime.bigint() - start) / 1e3);
	}
	return median(times);
}

// In the page: the same calls as programs/plan.c, timed in batches, since a page's clock is coarse.
async function inPage({ wasm, text, calls }) {
	const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
	const { exports } = (await WebAssembly.instantiate(bytes(wasm))).instance;
	const message = bytes(text);
	const batch = 10;
	const times = [];
	for (let i = 0; i < calls; i += batch) {
		const start = performance.now();
		for (let k = 0; k < batch; k++) {
			new Uint8Array(exports.memory.buffer, exports.wasm_in(), message.length).set(message);
			if (!exports.wasm_check_config(message.length)) throw new Error('the message is not of the form');
		}
		times.push(((performance.now() - start) * 1000) / batch);
	}
	const violations = new DataView(exports.memory.buffer).getUint32(exports.wasm_out(), true);
	times.sort((a, b) => a - b);
	return { us: times[times.length >> 1], violations };
}

async function browser() {
	try {
		return await chromium.launch({ executablePath: process.env.CVN_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
	} catch (error) {
		return { why: String(error.message).split('\n')[0] };
	}
}

function valid(result) {
	if (result.violations) throw new Error(`${result.violations} violations, and there are none`);
	return result.us;
}

await bench(async () => {
	const bytes = message();
	const file = join(scratch, 'message');
	writeFileSync(file, bytes);
	const validate = new Ajv({ coerceTypes: true, allErrors: true }).compile(schema());
	const values = JSON.stringify(Object.fromEntries(parameters.map((p) => [p.name, p.value])));
	const changed = JSON.stringify(Object.fromEntries(changes));
	const native = async () => valid(await program('plan', [file, CALLS]));

	const pairs = [];
	for (let i = 0; i < ROUNDS; i++) pairs.push([await native(), byAjv(validate, values, changed)]);
	row({ name: 'plan of 100 changes, native', unit: 'us', against: 'ajv, types and bounds', pairs, atMost: 1 });

	const chromiumOrWhy = await browser();
	if (chromiumOrWhy.why) return skip('plan of 100 changes, WebAssembly', chromiumOrWhy.why);
	const page = await chromiumOrWhy.newPage();
	const wasm = readFileSync(fileURLToPath(new URL('../../.build/gcc/static/core.wasm', import.meta.url))).toString('base64');
	const inBrowser = [];
	for (let i = 0; i < ROUNDS; i++) inBrowser.push([valid(await page.evaluate(inPage, { wasm, text: bytes.toString('base64'), calls: CALLS })), await native()]);
	await chromiumOrWhy.close();
	row({ name: 'plan of 100 changes, WebAssembly', unit: 'us', against: 'native', pairs: inBrowser, atMost: 3 });
});
