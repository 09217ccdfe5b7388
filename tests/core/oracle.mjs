// Cases whose answers come from somebody else: JSON.parse, BigInt and the doubles of the JavaScript engine.
//   node oracle.mjs SEED COUNT > corpus
const [seed, count] = process.argv.slice(2).map(Number);
let state = seed >>> 0 || 1;

/** Marsaglia's xorshift, as in properties.c. */
function draw(below) {
	state ^= state << 13;
	state ^= state >>> 17;
	state ^= state << 5;
	state >>>= 0;
	return state % below;
}

const pick = (choices) => choices[draw(choices.length)];
const many = (max, make) => Array.from({ length: draw(max + 1) }, make);
const escape = (text) => text.replace(/[\\\t\n\r\0]/g, (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\x00' })[c]);
const line = (...fields) => process.stdout.write(fields.map(escape).join('\t') + '\n');

// JSON: texts that are nearly right. What JSON.parse refuses we must refuse; what it takes we may refuse only
// for what we alone refuse (duplicate keys, lone surrogates, U+0000, depth).
const blank = () => pick(['', '', '', ' ', '\n', '\t', '\r ']);
const digits = () => pick(['0', '1', '12', '907', '00', '01', '']);
const number = () => pick(['', '', '-', '+']) + digits() + pick(['', '', '.5', '.', '.05']) + pick(['', '', 'e5', 'E-2', 'e+', 'e']);
const character = () => pick(['a', 'b', 'é', '😀', '\\n', '\\"', '\\\\', '\\/', '\\u0041', '\\ud83d\\ude00', '\\ud83d', '\\ude00', '\\u0000', '\\x', '\\', '\t', '\u007f', "'", '{', ',']);
const string = () => '"' + many(3, character).join('') + pick(['"', '"', '"', '"', '"', '']);
const member = (depth) => blank() + pick([string, string, string, number, () => 'a'])() + blank() + pick([':', ':', ':', ':', '', ',']) + value(depth);
const separator = () => pick([',', ',', ',', ',', ',', ',', ';', '', ',,']);
const joined = (open, items, close) => open + items.reduce((text, item, i) => text + (i ? separator() : '') + item, '') + close;
const object = (depth) => joined('{', many(3, () => member(depth - 1)), pick(['}', '}', '}', '}', '}', ']', '']));
const array = (depth) => joined('[', many(3, () => value(depth - 1)), pick([']', ']', ']', ']', ']', '}', ',]']));
const word = () => pick(['true', 'false', 'null', 'nul', 'True', 'NaN', 'Infinity']);
function value(depth) {
	const make = depth > 0 ? pick([object, array, string, number, word, object, array]) : pick([string, number, word]);
	return blank() + make(depth) + blank();
}

function parses(text) {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function json() {
	const text = value(draw(6)) + pick(['', '', '', '', '', '', 'x', ',']);
	const good = parses(text);
	line(good ? 'json-strict' : 'json', text, good ? 'ok' : '!malformed');
	return good;
}

// Decimals: BigInt of the digits at one scale compares exactly; Number() rounds correctly.
function decimal() {
	const whole = pick(['0', String(1 + draw(9)) + many(17, () => draw(10)).join('')]);
	const part = many(18, () => pick([0, 0, 9, draw(10)])).join('').replace(/0+$/, '');
	const text = part ? `${whole}.${part}` : whole;
	return text !== '0' && draw(2) ? `-${text}` : text;
}

function scaled(text) {
	const [whole, part = ''] = text.replace('-', '').split('.');
	const size = BigInt(whole + part.padEnd(18, '0'));
	return text.startsWith('-') ? -size : size;
}

function near(text) {
	const last = text.length - 1;
	const other = text.slice(0, last) + ((Number(text[last]) + 1) % 10);
	return /\.\d*0$|^-?0$/.test(other) || /^-?0\d/.test(other) ? text : other;
}

function compare() {
	const a = decimal();
	const b = draw(2) ? near(a) : decimal();
	const [x, y] = [scaled(a), scaled(b)];
	line('compare', 'decimal', a, b, x < y ? '<' : x > y ? '>' : '=');
}

function double() {
	const text = decimal();
	const view = new DataView(new ArrayBuffer(8));
	view.setFloat64(0, Number(text));
	line('double', text, view.getBigUint64(0).toString(16).padStart(16, '0'));
}

const UNITS = [['d', 86400000n], ['h', 3600000n], ['m', 60000n], ['s', 1000n], ['ms', 1n]];
function duration() {
	const count = BigInt('1' + many(17, () => pick([0, 0, 6, draw(10)])).join(''));
	const [unit, size] = pick(UNITS);
	const total = count * size;
	const [name, exact] = UNITS.find(([, s]) => total % s === 0n);
	line('value', 'duration', `${count}${unit}`, total < 2n ** 63n ? `${total / exact}${name}` : '!bad_duration');
}

function integer() {
	const text = pick(['', '-']) + pick(['0', '', '1', '922337203685477580', '9'.repeat(17)]) + many(3, () => draw(10)).join('');
	const canonical = /^-?(0|[1-9]\d*)$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
	line('value', 'int', text, canonical ? String(BigInt(text)) : '!bad_int');
}

let accepted = 0;
for (let i = 0; i < count; i++) {
	accepted += json();
	compare();
	double();
	duration();
	integer();
}
process.stdout.write(`# JSON.parse accepts ${accepted} of ${count}\n`);
