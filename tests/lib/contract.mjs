// static/openapi.yaml as a check of what is said on the wire: request() of stack.mjs hands every exchange below /api to it.
//
// An answer has a status that its operation declares, the content type and the headers declared for it, and a body that
// the schema admits. A request that was accepted (2xx, 304) is one that the document admits; what a test asks wrongly on
// purpose is judged by its answer alone. CVN_CONTRACT_SEEN, where set, names a file to which each operation and status is
// appended once a process: tests/contract/seen.test.mjs reads it when all have run.
import { appendFileSync, readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

const ROOT = 'openapi.yaml';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const PROBLEM = 'application/problem+json';

// What is said where the document has no operation.
const STRAYS = {
	path: ['404 not_found', '400 malformed'],
	method: ['405 method_not_allowed', '404 not_found', '400 malformed'],
};

export class ContractError extends Error {}

export const readDocument = () => parse(readFileSync(new URL('../../static/openapi.yaml', import.meta.url), 'utf8'));

// Every operation: { id, method, path, operation, parameters }, references of parameters followed.
export function operationsOf(document) {
	const list = [];
	for (const [path, item] of Object.entries(document.paths))
		for (const method of METHODS.filter((name) => item[name])) {
			const operation = item[method];
			const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((p) => follow(document, p).value);
			list.push({ id: operation.operationId, method: method.toUpperCase(), path, operation, parameters });
		}
	return list;
}

// What a member is, behind its reference if it is one, and where: { value, pointer }.
function follow(document, value, pointer = '') {
	if (!value?.$ref) return { value, pointer };
	const parts = value.$ref.slice(2).split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
	return { value: parts.reduce((at, part) => at[part], document), pointer: value.$ref.slice(1) };
}

const escape = (part) => part.replaceAll('~', '~0').replaceAll('/', '~1');
const mediaType = (headers) => (header(headers, 'content-type') ?? '').split(';')[0].trim().toLowerCase();

function header(headers, name) {
	const found = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
	return found === undefined ? undefined : headers[found];
}

// { check(exchange) }: throws a ContractError that says what the document does not admit.
export function contract(document = readDocument(), seenFile = process.env.CVN_CONTRACT_SEEN) {
	const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true, validateSchema: false });
	formats(ajv);
	ajv.addVocabulary(['openapi', ...Object.keys(document), 'x-item-schema'].filter((name, i, all) => all.indexOf(name) === i));
	ajv.addSchema(document, ROOT);
	const operations = operationsOf(document).map((row) => ({ ...row, segments: row.path.slice(1).split('/') }));
	const validators = new Map();
	const seen = new Set();

	// What is wrong with a value, by the schema at a pointer of the document: sentences.
	function faults(pointer, value) {
		if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `${ROOT}#${encodeURI(pointer)}` }));
		const validate = validators.get(pointer);
		if (validate(value)) return [];
		return validate.errors.map((e) => `${e.instancePath || 'the body'} ${e.message} ${JSON.stringify(e.params)}`);
	}

	// A literal segment goes before a placeholder, as in the API's own table.
	function matching(target) {
		const segments = target.split('?')[0].replace(/^\/api\//, '').split('/');
		const fits = (part, i) => part === segments[i] || (part.startsWith('{') && segments[i] !== '');
		const rows = operations.filter((row) => row.segments.length === segments.length && row.segments.every(fits));
		const literal = (row) => row.segments.map((part) => (part.startsWith('{') ? '1' : '0')).join('');
		const best = rows.map(literal).sort()[0];
		return { segments, rows: rows.filter((row) => literal(row) === best) };
	}

	function bodyFaults(type, pointer, media, body) {
		const lines = () => String(body ?? '').split('\n').filter(Boolean);
		if (media['x-item-schema']) return lines().flatMap((line) => faults(media['x-item-schema'].slice(1), JSON.parse(line)));
		return media.schema && /[/+]json$/.test(type) ? faults(`${pointer}/schema`, body) : [];
	}

	function answerFaults(row, method, reply) {
		const at = `/paths/${escape(row.path)}/${row.method.toLowerCase()}/responses/${reply.status}`;
		const declared = row.operation.responses[reply.status];
		if (!declared) return [`the status ${reply.status} (${reply.body?.code ?? 'no code'}) is not declared`];
		const { value, pointer } = follow(document, declared, at);
		const said = headerFaults(value.headers, reply);
		if (!value.content) return reply.body === null ? said : [...said, 'a body where none is declared'];
		const type = mediaType(reply.headers);
		const media = value.content[type];
		if (!media) return [...said, `the content type ${type || '(none)'} is not declared for ${reply.status}`];
		if (method === 'HEAD') return said;
		return [...said, ...bodyFaults(type, `${pointer}/content/${escape(type)}`, media, reply.body)];
	}

	function headerFaults(declared = {}, reply) {
		return Object.entries(declared).flatMap(([name, reference]) => {
			const { value: wanted } = follow(document, reference);
			const got = header(reply.headers, name);
			if (got === undefined) return wanted.required ? [`the header ${name} is missing`] : [];
			return textFaults(wanted.schema, got).map((fault) => `the header ${name}: ${fault}`);
		});
	}

	// A text of a path, query or header, by a schema written in place or referred to.
	function textFaults(schema, text) {
		const plain = follow(document, schema).value;
		const value = plain.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text;
		const key = JSON.stringify(plain);
		if (!validators.has(key)) validators.set(key, ajv.compile(JSON.parse(key.replaceAll('"#/', `"${ROOT}#/`))));
		return validators.get(key)(value) ? [] : validators.get(key).errors.map((e) => `${JSON.stringify(text)} ${e.message}`);
	}

	function requestFaults(row, { path, headers, body, segments }) {
		const query = new URLSearchParams(path.split('?')[1] ?? '');
		const given = {
			path: (name) => decodeURIComponent(segments[row.segments.indexOf(`{${name}}`)]),
			query: (name) => query.get(name) ?? undefined,
			header: (name) => header(headers, name),
		};
		const known = new Set(row.parameters.filter((p) => p.in === 'query').map((p) => p.name));
		const wrong = [...query.keys()].filter((name) => !known.has(name)).map((name) => `the query parameter ${name} is not declared`);
		for (const { name, in: place, required, schema } of row.parameters) {
			const text = given[place](name);
			if (text !== undefined) wrong.push(...textFaults(schema, text).map((fault) => `${place} ${name}: ${fault}`));
			else if (required) wrong.push(`${place} ${name} is required`);
		}
		return [...wrong, ...sentFaults(row, headers, body)];
	}

	function sentFaults(row, headers, body) {
		const wanted = row.operation.requestBody;
		if (body === undefined || body === null) return wanted?.required ? ['a body is required'] : [];
		const type = mediaType(headers) || 'application/json';
		if (!wanted?.content[type]) return [`a body of type ${type} is not declared`];
		const value = typeof body === 'string' || Buffer.isBuffer(body) ? JSON.parse(body.toString()) : body;
		const pointer = `/paths/${escape(row.path)}/${row.method.toLowerCase()}/requestBody/content/${escape(type)}/schema`;
		return faults(pointer, value);
	}

	// Nothing of the document is at this path, or not with this method: the refusal is all there is to judge.
	function strayFaults(rows, reply) {
		const wanted = rows.length > 0 ? STRAYS.method : STRAYS.path;
		if (mediaType(reply.headers) !== PROBLEM) return [`${reply.status} without a problem, where the document has nothing`];
		if (!wanted.includes(`${reply.status} ${reply.body.code}`)) return [`it is none of: ${wanted.join(', ')}`];
		if (reply.status === 405 && !reply.headers.allow) return ['the header Allow is missing'];
		return faults('/components/schemas/Problem', reply.body);
	}

	function note(row, status) {
		const line = `${row.id} ${status}\n`;
		if (!seenFile || seen.has(line)) return;
		seen.add(line);
		appendFileSync(seenFile, line);
	}

	function check({ method, path, headers = {}, body, reply }) {
		const { segments, rows } = matching(path);
		const row = rows.find((r) => r.method === (method === 'HEAD' ? 'GET' : method));
		const accepted = row && (reply.status < 300 || reply.status === 304);
		const wrong = row ? answerFaults(row, method, reply) : strayFaults(rows, reply);
		if (accepted) wrong.push(...requestFaults(row, { path, headers, body, segments }).map((fault) => `accepted, though ${fault}`));
		if (wrong.length > 0)
			throw new ContractError(`static/openapi.yaml, ${row?.id ?? 'no operation'}: ${method} ${path} was answered ${reply.status}\n` +
				`  ${wrong.slice(0, 12).join('\n  ')}\n  the body: ${JSON.stringify(reply.body)?.slice(0, 1000)}`);
		if (row && method !== 'HEAD') note(row, reply.status);
	}

	return { check };
}
