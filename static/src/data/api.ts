// The one door to the API: typed by openapi.yaml, answers unwrapped, every refusal a Problem.
import createClient from 'openapi-fetch';
import { observeServerTime } from './clock';
import { cutOff, Problem, offline } from './problem';
import type { paths } from './schema';

export const base = '/api';

/** Set by the session store: what to do when the API no longer knows who is asking. */
let onUnauthenticated: () => void = () => {};
export const whenUnauthenticated = (act: () => void) => {
	onUnauthenticated = act;
};

const isProblem = ({ headers }: Response): boolean => /json/.test(headers.get('Content-Type') ?? '');

async function reach(request: Request): Promise<Response> {
	const unanswered = (thrown: unknown) => {
		throw request.signal.aborted ? thrown : offline(request.method);
	};
	const response = await fetch(request).catch(unanswered);
	if (response.status > 500 && !isProblem(response)) throw cutOff(request.method, response);
	observeServerTime(response.headers.get('Date'));
	await response.clone().blob().catch(unanswered); // half an answer is none
	return response;
}

export const api = createClient<paths, 'application/json'>({ baseUrl: base, fetch: reach });

type Reply<Data> = { data?: Data; error?: unknown; response: Response };

const members = (error: unknown): Record<string, unknown> =>
	typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};

/** The answer's body, or throws the Problem. 401 also ends the session, except where logging in is what was tried. */
export async function unwrap<Data>(call: Promise<Reply<Data>>): Promise<Data> {
	const { data, error, response } = await call;
	if (response.ok) return data as Data;
	const problem = new Problem(response.status, members(error), response.headers.get('X-Request-Id'));
	if (problem.status === 401 && !response.url.endsWith(`${base}/session`)) onUnauthenticated();
	throw problem;
}
