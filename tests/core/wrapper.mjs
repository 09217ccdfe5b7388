// The console's own core: core.wasm behind core.ts answers the corpus like the native builds do.
//   node wrapper.mjs CORE.WASM CORE.JS CORPUS...      prints what differs; exit 1 if anything does
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const SIZE_LIMIT = 12 * 1024;
const [wasm, script, ...corpora] = process.argv.slice(2);
const { coreOf } = await import(pathToFileURL(script));
const binary = await readFile(wasm);
const { module, instance } = await WebAssembly.instantiate(binary);
const core = coreOf(instance);

let cases = 0;
let wrong = 0;
function expect(what, got, expected) {
	cases++;
	if (got === expected) return;
	wrong++;
	console.log(`# ${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
}

/** The text of a field; undefined when it is not UTF-8, which no JavaScript string can be. */
function unescape(field) {
	const letters = { t: '\t', n: '\n', r: '\r', '\\': '\\' };
	const bytes = Buffer.from(field)
		.toString('latin1')
		.replace(/\\(?:x(..)|(.))/g, (_, hex, letter) => (hex ? String.fromCharCode(parseInt(hex, 16)) : letters[letter]));
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
	} catch {
		return undefined;
	}
}

const fieldOf = (field) => (field === '\\-' ? null : unescape(field));

function variable(type, allowed, min, max) {
	return {
		name: 'CVN_P', type, allowed_values: allowed && JSON.parse(allowed), default_value: null,
		min_value: min, max_value: max, required: false, deprecated: false,
	};
}

function jsonList(text) {
	try {
		const parsed = JSON.parse(text);
		return Array.isArray(parsed) && parsed.every((item) => typeof item === 'string') ? parsed : undefined;
	} catch {
		return undefined;
	}
}

function answer(verdict) {
	return verdict.ok ? verdict.canonical : `!${verdict.code}`;
}

const verbs = {
	value: ([type, text], expected) => expect(`value ${type} ${text}`, answer(core.check(variable(type, null, null, null), text)), expected),
	param: ([type, allowed, min, max, text], expected) =>
		expect(`param ${type} ${text}`, answer(core.check(variable(type, allowed, min, max), text)), expected),
	define: ([name, type, allowed, fallback, min, max], expected) => {
		// What is only written in another form is taken; whether the list is JSON at all is known before.
		const list = allowed === null ? null : jsonList(allowed);
		if (list === undefined || !['ok', '!bad_definition'].includes(expected)) return;
		const why = core.define({ ...variable(type, null, min, max), name, allowed_values: list, default_value: fallback });
		if (why !== null || expected === 'ok') expect(`define ${name} ${type}: ${why}`, why === null, expected === 'ok');
	},
	code: ([name], expected) => expect(`code ${name}`, core.message(name), expected),
};

for (const corpus of corpora)
	for (const line of (await readFile(corpus, 'utf8')).split('\n')) {
		const [verb, ...fields] = line.split('\t');
		// Of a type enum without allowed values there are no values; the corpus tries its grammar there.
		if (!(verb in verbs) || (verb === 'value' && fields[0] === 'enum')) continue;
		const texts = fields.map(fieldOf);
		if (!texts.includes(undefined)) verbs[verb](texts.slice(0, -1), texts.at(-1));
	}

const decimal = (name) => ({ ...variable('decimal', null, '0', '100'), name });
const rules = [{ name: 'spread', expression: 'CVN_ASK < CVN_BID', message: 'ask below bid' }];
const violations = (changes) =>
	core.checkConfig([decimal('CVN_BID'), decimal('CVN_ASK')], { CVN_ASK: '0.5', CVN_BID: '1.5' }, changes, rules)
		.map((v) => `${v.name}:${v.code}:${v.detail}`).join(' ');
expect('a change within the rules', violations({ CVN_ASK: '0.7' }), '');
expect('a change against a rule', violations({ CVN_ASK: '2' }),
	'CVN_ASK:rule_violated:ask below bid (CVN_ASK = 2, CVN_BID = 1.5) CVN_BID:rule_violated:ask below bid (CVN_ASK = 2, CVN_BID = 1.5)');
expect('both moved together', violations({ CVN_ASK: '2', CVN_BID: '3' }), '');
expect('out of bounds', violations({ CVN_ASK: '101' }), 'CVN_ASK:above_maximum:"101" is above the maximum, 100');
expect('an unknown name', violations({ CVN_NONE: null }), 'CVN_NONE:unknown_parameter:the catalog has no such parameter');
expect('no value to compare', violations({ CVN_ASK: null }),
	['CVN_ASK', 'CVN_BID'].map((n) => `${n}:bad_rule:at byte 0: cannot be computed: no value of CVN_ASK (rule spread)`).join(' '));
const defined = (members) => core.define({ ...variable('decimal', null, null, null), ...members });
expect('a definition whose texts are not canonical', defined({ min_value: '0.0', max_value: '1.50', default_value: '1.0' }), null);
expect('bounds the wrong way', defined({ min_value: '2', max_value: '1' }), 'min_value is above max_value');
expect('a default out of bounds', defined({ max_value: '1', default_value: '2' }), 'default_value: "2" is above the maximum, 1');
expect('an enum of nothing', defined({ type: 'enum' }), 'an enum needs allowed_values');
const ruled = (expression) => core.defineRule([decimal('CVN_BID'), decimal('CVN_ASK')], { name: 'r', expression, message: '' });
expect('a rule', ruled('CVN_ASK < CVN_BID'), null);
expect('half a rule', ruled('CVN_ASK <') !== null, true);
expect('a rule of what is not there', ruled('CVN_ASK < CVN_NONE') !== null, true);
expect('a rule of two kinds', ruled("CVN_ASK = 'a'") !== null, true);
expect('a lone surrogate', answer(core.check(variable('string', null, null, null), 'a\ud800')), '!bad_string');
expect('a lone surrogate in a change', violations({ CVN_ASK: '\udc00' }), 'CVN_ASK:bad_decimal:text that is not printable UTF-8: a digit was expected');
expect('too much for the buffer', (() => {
	try {
		return answer(core.check(variable('string', null, null, null), 'x'.repeat(3 << 20)));
	} catch (error) {
		return error.constructor.name;
	}
})(), 'RangeError');
expect('the module imports nothing', WebAssembly.Module.imports(module).length, 0);
expect('an id', /^\S+$/.test(core.id), true);
const size = gzipSync(binary, { level: 9 }).length;
expect(`${size} bytes, compressed, are within ${SIZE_LIMIT}`, size <= SIZE_LIMIT, true);
console.log(`# ${cases} cases, ${wrong} wrong, ${size} bytes compressed`);
process.exitCode = wrong > 0 || cases < 300 ? 1 : 0;
