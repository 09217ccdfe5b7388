/**
 * The validation core, the same C that decides in the API and in the workers, compiled to WebAssembly.
 * workerlib/core/wasm.h says what the messages look like; nothing else in the console knows.
 */

export type ValueType = 'bool' | 'int' | 'decimal' | 'string' | 'enum' | 'duration' | 'list';

/** What the core needs of a row of the catalog, as the API gives it. */
export interface CoreVariable {
	readonly name: string;
	readonly type: ValueType;
	readonly allowed_values: readonly string[] | null;
	readonly default_value: string | null;
	readonly min_value: string | null;
	readonly max_value: string | null;
	readonly required: boolean;
	readonly deprecated: boolean;
}

export interface CoreRule {
	readonly name: string;
	readonly expression: string;
	readonly message: string;
}

export interface CoreViolation {
	readonly name: string;
	readonly code: string;
	readonly detail: string;
}

export type CoreVerdict =
	| { readonly ok: true; readonly canonical: string }
	| { readonly ok: false; readonly code: string; readonly detail: string };

export interface Core {
	/** Cores with one id give the same answers. */
	readonly id: string;
	/** The sentence of an error code, the core's or the API's. */
	message(code: string): string;
	/** Whether a text is a value of the parameter, and how it will be stored. */
	check(variable: CoreVariable, text: string): CoreVerdict;
	/** Why a definition makes no sense, or null; its texts may be as they were typed. */
	define(variable: CoreVariable): string | null;
	/** Why a rule makes no sense for these parameters, whatever their values are, or null. */
	defineRule(variables: readonly CoreVariable[], rule: CoreRule): string | null;
	/**
	 * What would be wrong with the whole configuration after the changes; null returns a parameter to its default.
	 * Values are the resolved ones, as `GET /config/{env}` gives them.
	 */
	checkConfig(
		variables: readonly CoreVariable[],
		values: Readonly<Record<string, string | null | undefined>>,
		changes: Readonly<Record<string, string | null>>,
		rules: readonly CoreRule[],
	): CoreViolation[];
}

interface CoreExports extends WebAssembly.Exports {
	readonly memory: WebAssembly.Memory;
	readonly wasm_in: () => number;
	readonly wasm_in_size: () => number;
	readonly wasm_out: () => number;
	readonly wasm_id: () => number;
	readonly wasm_message: (n: number) => number;
	readonly wasm_check: (n: number) => number;
	readonly wasm_define: (n: number) => number;
	readonly wasm_define_rule: (n: number) => number;
	readonly wasm_check_config: (n: number) => number;
}

const FUNCTIONS = [
	'wasm_in',
	'wasm_in_size',
	'wasm_out',
	'wasm_id',
	'wasm_message',
	'wasm_check',
	'wasm_define',
	'wasm_define_rule',
	'wasm_check_config',
];
const NOT_SET = 0xffffffff;
const REQUIRED = 1;
const DEPRECATED = 2;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A lone surrogate has no UTF-8, and NUL ends a text in C. Neither is let in by any type, and nor is U+0001, which
 * stands for them on the way: so the core refuses the text, in the words of its type.
 */
const UNWRITABLE = /[\u0000\p{Surrogate}]/gu;
const REFUSED = '\u0001';

class MessageWriter {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 0;

	constructor(memory: WebAssembly.Memory, offset: number, size: number) {
		this.#bytes = new Uint8Array(memory.buffer, offset, size);
		this.#view = new DataView(memory.buffer, offset, size);
	}

	get length(): number {
		return this.#at;
	}

	number(value: number): this {
		this.#view.setUint32(this.#at, value, true);
		this.#at += 4;
		return this;
	}

	field(text: string | null | undefined): this {
		if (text === null || text === undefined) return this.number(NOT_SET);
		const start = this.#at + 4;
		const written = this.#plain(text, start) ? text.length : this.#encode(text.replace(UNWRITABLE, REFUSED), start);
		this.number(written);
		this.#bytes[start + written] = 0;
		this.#at = start + written + 1;
		return this;
	}

	/** Nearly every text is short and ASCII: a loop has it written before the encoder is set up. */
	#plain(text: string, start: number): boolean {
		const bytes = this.#bytes;
		if (start + text.length >= bytes.length) return false;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code === 0 || code > 0x7f) return false;
			bytes[start + i] = code;
		}
		return true;
	}

	#encode(text: string, start: number): number {
		const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(start));
		if (read < text.length) throw new RangeError('more than the core has room for');
		return written;
	}

	variable(v: CoreVariable): this {
		return this.field(v.name)
			.field(v.type)
			.field(v.allowed_values && JSON.stringify(v.allowed_values))
			.field(v.default_value)
			.field(v.min_value)
			.field(v.max_value)
			.number((v.required ? REQUIRED : 0) + (v.deprecated ? DEPRECATED : 0));
	}

	rule(r: CoreRule): this {
		return this.field(r.name).field(r.expression).field(r.message);
	}
}

class MessageReader {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 0;

	constructor(memory: WebAssembly.Memory, offset: number, length: number) {
		if (length === 0) throw new Error('the core cannot read the message');
		this.#bytes = new Uint8Array(memory.buffer, offset, length);
		this.#view = new DataView(memory.buffer, offset, length);
	}

	get done(): boolean {
		return this.#at === this.#bytes.length;
	}

	number(): number {
		const value = this.#view.getUint32(this.#at, true);
		this.#at += 4;
		return value;
	}

	field(): string {
		const length = this.number();
		const start = this.#at;
		this.#at += length + 1;
		return decoder.decode(this.#bytes.subarray(start, start + length));
	}
}

class WasmCore implements Core {
	readonly id: string;
	readonly #wasm: CoreExports;

	constructor(wasm: CoreExports) {
		this.#wasm = wasm;
		this.id = this.#answer(wasm.wasm_id()).field();
	}

	message(code: string): string {
		return this.#ask((message) => message.field(code), this.#wasm.wasm_message).field();
	}

	check(variable: CoreVariable, text: string): CoreVerdict {
		const answer = this.#ask((message) => message.variable(variable).field(text), this.#wasm.wasm_check);
		const code = answer.field();
		const rest = answer.field();
		return code === 'ok' ? { ok: true, canonical: rest } : { ok: false, code, detail: rest };
	}

	define(variable: CoreVariable): string | null {
		return refusal(this.#ask((message) => message.variable(variable), this.#wasm.wasm_define));
	}

	defineRule(variables: readonly CoreVariable[], rule: CoreRule): string | null {
		const answer = this.#ask((message) => {
			message.number(variables.length);
			for (const v of sortedByName(variables)) message.variable(v).field(null);
			message.rule(rule);
		}, this.#wasm.wasm_define_rule);
		return refusal(answer);
	}

	checkConfig(
		variables: readonly CoreVariable[],
		values: Readonly<Record<string, string | null | undefined>>,
		changes: Readonly<Record<string, string | null>>,
		rules: readonly CoreRule[],
	): CoreViolation[] {
		const entries = Object.entries(changes);
		const answer = this.#ask((message) => {
			message.number(variables.length);
			for (const v of sortedByName(variables)) message.variable(v).field(values[v.name]);
			message.number(entries.length);
			for (const [name, text] of entries) message.field(name).field(text);
			message.number(rules.length);
			for (const r of rules) message.rule(r);
		}, this.#wasm.wasm_check_config);
		answer.number();
		return readViolations(answer);
	}

	#ask(write: (message: MessageWriter) => void, call: (n: number) => number): MessageReader {
		const { memory, wasm_in, wasm_in_size } = this.#wasm;
		const message = new MessageWriter(memory, wasm_in(), wasm_in_size());
		write(message);
		return this.#answer(call(message.length));
	}

	#answer(length: number): MessageReader {
		return new MessageReader(this.#wasm.memory, this.#wasm.wasm_out(), length);
	}
}

/** A verdict without a text of its own: null where it is good. */
function refusal(answer: MessageReader): string | null {
	const code = answer.field();
	const detail = answer.field();
	return code === 'ok' ? null : detail;
}

/** By code unit, as the core sorts: names are ASCII. */
function sortedByName(variables: readonly CoreVariable[]): CoreVariable[] {
	return [...variables].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function readViolations(answer: MessageReader): CoreViolation[] {
	const violations: CoreViolation[] = [];
	while (!answer.done) violations.push({ name: answer.field(), code: answer.field(), detail: answer.field() });
	return violations;
}

function isCore(exports: WebAssembly.Exports): exports is CoreExports {
	return (
		exports['memory'] instanceof WebAssembly.Memory && FUNCTIONS.every((name) => typeof exports[name] === 'function')
	);
}

export function coreOf(instance: WebAssembly.Instance): Core {
	if (!isCore(instance.exports)) throw new TypeError('not the core');
	return new WasmCore(instance.exports);
}

/** Loads the core; needs `'wasm-unsafe-eval'` in the page's policy and `application/wasm` from the server. */
export async function loadCore(url: string | URL): Promise<Core> {
	const { instance } = await WebAssembly.instantiateStreaming(fetch(url));
	return coreOf(instance);
}
