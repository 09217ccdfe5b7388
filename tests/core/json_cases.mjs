// The JSON that must be taken and the JSON that must be refused, by name, and what two exhaustive searches add to it.
//   node json_cases.mjs > corpus
// Each case is asked of JSON.parse first: where its answer is not the one that is written here, this ends with an error,
// but for "stricter" ones, which JSON.parse takes and we refuse on purpose, for a reason that is named. TSV as of corpus.h.

const bytes = (...parts) => Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const hex = (number, digits = 2) => number.toString(16).padStart(digits, '0');
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

function parses(text) {
	try {
		JSON.parse(utf8.decode(text));
		return true;
	} catch {
		return false;
	}
}

// -- The table: [name, text or bytes]. --

const accepted = [
	...['null', 'true', 'false', '0', '""', '[]', '{}'].map((text) => [`${text} alone`, text]),
	...['-0', '0', '7', '-7', '10', '120', '9007199254740993', '-9223372036854775809', '1'.repeat(400), '0.1', '-0.1', '0.10', '0.000', '10.5',
		'1e0', '1E0', '1e+0', '1e-0', '1e00', '1E+02', '1e-02', '0e1', '0e+1', '0E-1', '-0e-1', '0.5e1', '1.5E+3', '1e400', '-1e400', '1e-400',
		`0.${'0'.repeat(400)}1`, '1.7976931348623157e308', '4.9e-324', '2.2250738585072011e-308'].map((text) => [`number ${text.slice(0, 24)}`, text]),
	...[...'"\\/bfnrt'].map((letter) => [`escape of ${letter}`, `["\\${letter}"]`]),
	...['0001', '001f', '0020', '0022', '005c', '007f', '0080', '00e9', '00E9', '07ff', '0800', '2028', '2029', 'd7ff', 'e000', 'fdd0', 'feff', 'fffd',
		'fffe', 'ffff', 'aBcD'].map((digits) => [`escape of U+${digits}`, `["\\u${digits}"]`]),
	...['d800\\udc00', 'd834\\udd1e', 'DBFF\\uDFFF', 'dbff\\udffe'].map((pair) => [`escaped pair ${pair}`, `["\\u${pair}"]`]),
	...[0x20, 0x7f, 0x80, 0x85, 0xa0, 0x7ff, 0x800, 0x2028, 0x2029, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1f600, 0x1fffe, 0x10fffe, 0x10ffff]
		.map((point) => [`raw U+${hex(point, 4)}`, `["${String.fromCodePoint(point)}"]`]),
	...[' ', '\t', '\n', '\r', '\r\n', ' \t\n\r '].flatMap((blank) => [
		[`blanks ${JSON.stringify(blank)} around a value`, `${blank}1${blank}`], [`blanks ${JSON.stringify(blank)} in an empty array`, `[${blank}]`],
		[`blanks ${JSON.stringify(blank)} in an object`, `${blank}{${blank}"a"${blank}:${blank}1${blank},${blank}"b"${blank}:${blank}2${blank}}${blank}`]]),
	...['/* no comment */', '// neither', '#', "'", '\\u0022', '{}[]:,'].map((text) => [`${text} within a string`, JSON.stringify([text])]),
	...['', ' ', '\u0001', 'é', '__proto__', 'constructor', 'hasOwnProperty', '\u{1f600}', 'a'.repeat(5000)].map((key) => [`key ${JSON.stringify(key).slice(0, 24)}`, `{${JSON.stringify(key)}:1}`]),
	['keys that differ in case', '{"a":1,"A":2}'], ['keys of which one begins the other', '{"a":1,"ab":2,"":3}'], ['keys in other normal forms', '{"\\u00e9":1,"e\\u0301":2}'],
	['the same key at two depths', '{"a":{"a":[{"a":1}]}}'], ['the same key in two items', '[{"a":1},{"a":1}]'], ['a key that is also a value', '{"a":"a","b":["a"]}'],
	['an array of all kinds', '[null,true,false,0,"",[],{}]'], ['a long array', `[${'0,'.repeat(20000)}0]`], ['a long string', `"${'x'.repeat(100000)}"`],
	['32 arrays', '['.repeat(32) + ']'.repeat(32)], ['32 objects', '{"a":'.repeat(31) + '{}' + '}'.repeat(31)],
];

const refused = [
	['nothing', ''], ['a blank', ' '], ['a line end', '\n'], ['a NUL', '\0'], ['a NUL after a value', '1\0'], ['a NUL before a value', '\x001'], ['a NUL in an array', '[1\0]'],
	...['nul', 'nulll', 'Null', 'NULL', 'tru', 'truee', 'True', 'TRUE', 'fals', 'falsee', 'False', 'undefined', 'NaN', 'nan', '-NaN', '+NaN', 'Infinity', '-Infinity', 'inf', 'a', 'None',
		'yes', 'on', 'true false', 'null,', 'n ull', 'ｎull'].flatMap((word) => [[`the word ${word}`, word], [`the word ${word} in an array`, `[${word}]`], [`the word ${word} in an object`, `{"a":${word}}`]]),
	...['+1', '++1', '--1', '-', '+', '- 1', '-a', '01', '-01', '00', '-00', '012', '1 0', '0x1', '0x', '-0x1', '0b1', '0o7', '1_000', '1,000.5.', '.5', '-.5', '+.5', '.', '-.', '.e1', '5.', '-5.', '5.e1', '0.', '0.e1', '1..2',
		'1.2.3', '1e', '1E', '1e+', '1e-', '1E+', '0e', '0e+', '1e1.5', '1ee1', '1e++1', '1e+-1', '1e 1', '1 e1', '1.0e', '1.0E-', '1f', '1L', '1n', '1/2', '1-2', '1+2', '1e1e1', '１', '-１', '1.５', '٣', '∞', '0.1.', '1\u00a0'].flatMap((number) => [
		[`the number ${number}`, number], [`the number ${number} in an array`, `[${number}]`]]),
	...range(0, 0x1f).map((byte) => [`a raw control character ${hex(byte)} in a string`, bytes('["', byte, '"]')]),
	...range(0, 0x1f).map((byte) => [`a raw control character ${hex(byte)} in a key`, bytes('{"', byte, '":1}')]),
	...range(0, 0xff).filter((byte) => !'"\\/bfnrtu'.includes(String.fromCharCode(byte))).map((byte) => [`an escape of the byte ${hex(byte)}`, bytes('["\\', byte, '"]')]),
	...['', '0', '00', '004', 'g000', '0g00', '00g0', '000g', ' 000', '+000', '-000', '00 0', '0x41', '{41}', '+1F6', '００４１'].map((digits) => [`\\u with ${JSON.stringify(digits)}`, `["\\u${digits}"]`]),
	...['d83d\\u', 'd83d\\udc', 'd83d\\udcZZ', 'd83d\\x'].map((text) => [`a pair cut at ${text}`, `["\\u${text}"]`]),
	['\\U in capitals', '["\\U0041"]'], ['\\x41', '["\\x41"]'], ['\\0', '["\\0"]'], ['\\101', '["\\101"]'], ['a backslash at the end', '"\\'], ['a backslash before the quote', '["\\"]'], ['an escape outside a string', '[\\n]'], ['a string that begins with an escape', '\\u0022a"'],
	['a string without an end', '"a'], ['only a quote', '"'], ['a string without a beginning', 'a"'], ["'a'", "'a'"], ["['a']", "['a']"], ["{'a':1}", "{'a':1}"], ['`a`', '`a`'], ['“a”', '“a”'], ['two strings', '"a""b"'], ['a string over a line end', '"a\nb"'], ['a string continued by a backslash', '"a\\\nb"'],
	...['[', ']', '[[', '[]]', '[1', '[1,', '[,', '[,]', '[,1]', '[1,]', '[1,,]', '[1,,2]', '[1 2]', '[1;2]', '[1:2]', '["a":1]', '["a" "b"]', '[1]1', '[][]', '[]{}', '[}', '[1}', '(1)', '<1>', '[1],', '[*]', '[...[]]', '[(1)]', '["a', '["a]', '["",', '[""', '[{}', '[{]', '[\u0000]'].map((text) => [`the array ${text}`, text]),
	...['{', '}', '{{', '{}}', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{,', '{,}', '{,"a":1}', '{"a":1,}', '{"a":1,,}', '{"a":1,,"b":2}', '{"a"}', '{"a" 1}', '{"a",1}', '{"a"=1}', '{"a"=>1}', '{"a"::1}', '{:1}', '{"a":}', '{"a":,}', '{"a":1 "b":2}', '{"a":1;"b":2}', '{a:1}', '{1:1}', '{null:1}', '{true:1}', '{[]:1}', '{{}:1}',
		'{"a":1]', '{"a":[}', '{"a":{}', '{"a":1}1', '{"a":1}{', '{}{}', '{}[]', '{} ,', '{"a":"b"}#', '{"a":"b"}//', '{"a":"b"}/**/', '/**/{}', '//\n{}', '#\n{}', '{"a"/**/:1}', '{/**/}', '{"a":/*1*/2}', '{"a":1 /* */}', '{"a":1,...{}}', '{"a" "b":1}', '{"a":b}', '{\\"a\\":1}', '{"a\\":1}', '{"a":1}\u00a0'].map((text) => [`the object ${text}`, text]),
	...[[0x0b, 'vertical tab'], [0x0c, 'form feed'], [0x85, 'NEL'], [0xa0, 'no-break space'], [0x1680, 'ogham space'], [0x2000, 'en quad'], [0x200b, 'zero width space'], [0x2028, 'line separator'], [0x2029, 'paragraph separator'], [0x202f, 'narrow space'], [0x2060, 'word joiner'], [0x3000, 'ideographic space'], [0xfeff, 'byte order mark'], [0x1c, 'file separator'], [0x08, 'backspace'], [0x7f, 'delete']]
		.flatMap(([point, name]) => [[`${name} before a value`, `${String.fromCodePoint(point)}1`], [`${name} after a value`, `1${String.fromCodePoint(point)}`], [`${name} in an array`, `[${String.fromCodePoint(point)}]`]]),
	...range(0x80, 0xff).map((byte) => [`the byte ${hex(byte)} alone in a string`, bytes('["', byte, '"]')]),
	...[[0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xf0, 0x80, 0x80, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]].map((form) => [`the overlong ${form.map((byte) => hex(byte)).join(' ')}`, bytes('["', ...form, '"]')]),
	...[0xd800, 0xdbff, 0xdc00, 0xdfff].map((unit) => [`U+${hex(unit)} in UTF-8`, bytes('["', 0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 63), 0x80 | (unit & 63), '"]')]),
	['a pair in CESU-8', bytes('["', 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, '"]')], ['beyond U+10FFFF', bytes('["', 0xf4, 0x90, 0x80, 0x80, '"]')], ['far beyond', bytes('["', 0xf7, 0xbf, 0xbf, 0xbf, '"]')],
	...[[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98]].flatMap((form) => [[`${form.length} bytes of a longer character, then the quote`, bytes('["', ...form, '"]')], [`${form.length} bytes of a longer character at the end`, bytes('"', ...form)], [`${form.length} bytes of a longer character, then a letter`, bytes('["', ...form, 'a"]')], [`${form.length} bytes of a longer character in a key`, bytes('{"', ...form, '":1}')]]),
	['ISO 8859-1', bytes('["', 0xe9, '"]')], ['UTF-16, little', Buffer.from('["a"]', 'utf16le')], ['UTF-16, big', Buffer.from('["a"]', 'utf16le').swap16()], ['UTF-16 with its mark', bytes(0xff, 0xfe, Buffer.from('[]', 'utf16le'))], ['UTF-8 with its mark', bytes(0xef, 0xbb, 0xbf, '{}')], ['half a mark', bytes(0xef, 0xbb, '{}')], ['bytes outside a string', bytes('[', 0xff, ']')],
	['100,000 open arrays', '['.repeat(100000)], ['30,000 open objects', '{"a":'.repeat(30000)], ['30,000 of both', '[{"a":'.repeat(30000)], ['a closing bracket too many at full depth', '['.repeat(32) + ']'.repeat(33)],
	['JSON lines', '{}\n{}\n'], ['a record separator', '\x1e{}'], ['JSON padded', ")]}',\n{}"], ['JSONP', 'f({})'], ['a regular expression', '/a/'], ['a date', '2026-01-01'], ['XML', '<a/>'], ['YAML', 'a: 1'], ['a form', 'a=1&b=2'], ['CSV', '1,2'],
];

const stricter = [
	['a duplicate key', 'an equal key', '{"a":1,"a":1}'], ['a duplicate key', 'an equal key, another value', '{"a":1,"a":2}'], ['a duplicate key', 'after unescaping', '{"a":1,"\\u0061":2}'], ['a duplicate key', 'a pair, raw and escaped', '{"😀":1,"\\ud83d\\ude00":2}'],
	['a duplicate key', 'an empty key twice', '{"":1,"":2}'], ['a duplicate key', 'two of many', `{${range(0, 999).map((i) => `"k${i}":${i}`).join()},"k7":7}`], ['a duplicate key', 'after an object', '{"a":{"b":1},"b":1,"a":2}'], ['a duplicate key', 'deep inside', '[[[{"x":{"a":1,"a":2}}]]]'], ['a duplicate key', '__proto__ twice', '{"__proto__":1,"__proto__":2}'],
	...['d800', 'dbff', 'dc00', 'dfff', 'd800\\ud800', 'dc00\\ud800', 'd800a', 'd800\\n', 'd800\\u0041', 'd83d\\u00e9', 'd800\\\\udc00'].map((text) => ['a lone surrogate', `\\u${text}`, `["\\u${text}"]`]),
	['a lone surrogate', 'in a key', '{"\\ud800":1}'],
	['the character U+0000', 'in a string', '["\\u0000"]'], ['the character U+0000', 'in a key', '{"\\u0000":1}'], ['the character U+0000', 'amid text', '["a\\u0000b"]'],
	['nested too deep', '33 arrays', '['.repeat(33) + ']'.repeat(33)], ['nested too deep', '33 objects', '{"a":'.repeat(32) + '{}' + '}'.repeat(32)], ['nested too deep', '500 of both', '[{"a":'.repeat(500) + '1' + '}]'.repeat(500)],
];

// -- What is added by search. --

/** Every sequence of at most five of these words: 8 + 64 + ... + 32768 texts. */
function* sequences() {
	const words = ['[', ']', '{', '}', ',', ':', '"a"', '1'];
	let longest = [''];
	for (let length = 1; length <= 5; length++) {
		longest = longest.flatMap((text) => words.map((word) => text + word));
		yield* longest;
	}
}

/** Every prefix of a text that has something of everything, and every one of its bytes replaced, doubled and left out. */
function* neighbours() {
	const text = Buffer.from('{"a":[1,-2.5e+3,"x\\n\\u00e9é😀",true,false,null],"b":{"c":{}}, "d" : [ ] }');
	const others = Buffer.from('"\\/{}[]:,.+-0eEtnu \n\t\0\x1f\x7f\x80\xbf\xc3\xed\xf4\xff', 'latin1');
	for (let i = 0; i <= text.length; i++) yield text.subarray(0, i);
	for (let i = 0; i < text.length; i++) {
		const [before, after] = [text.subarray(0, i), text.subarray(i + 1)];
		yield Buffer.concat([before, after]);
		yield Buffer.concat([before, text.subarray(i, i + 1), text.subarray(i)]);
		for (const byte of others) yield Buffer.concat([before, Buffer.of(byte), after]);
	}
}

// -- Out. --

const printable = (text) => [...Buffer.from(text)].map((byte) => (byte === 0x5c ? '\\\\' : byte < 0x20 || byte > 0x7e ? `\\x${hex(byte)}` : String.fromCharCode(byte))).join('');
const lines = [];
const disagreements = [];
const put = (verb, text, answer) => lines.push(`${verb}\t${printable(text)}\t${answer}`);

function named(table, verb, answer, good) {
	for (const [name, text] of table) {
		lines.push(`# ${printable(name)}`);
		put(verb, text, answer);
		if (parses(Buffer.from(text)) !== good) disagreements.push(`${name}: JSON.parse ${good ? 'refuses' : 'takes'} it`);
	}
}

named(accepted, 'json', 'ok', true);
named(refused, 'json', '!malformed', false);
for (const [reason, name, text] of stricter) named([[`${reason}: ${name}`, text]], 'json', '!malformed', true);
const count = lines.length / 2;
let searched = 0;
for (const search of [sequences, neighbours]) {
	for (const text of search()) {
		const good = parses(Buffer.from(text));
		put(good ? 'json-strict' : 'json', text, good ? 'ok' : '!malformed');
		searched++;
	}
}
lines.push(`# ${accepted.length} to take, ${refused.length} to refuse, ${stricter.length} that only we refuse; ${searched} by search`);
process.stdout.write(`${lines.join('\n')}\n`);
process.stderr.write(`${count} named (${accepted.length} to take, ${refused.length} to refuse, ${stricter.length} only we refuse), ${searched} by search\n`);
for (const text of disagreements) process.stderr.write(`${text}\n`);
if (disagreements.length || count < 318) process.exitCode = 1;
