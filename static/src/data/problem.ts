import type { FieldError } from './types';

/** What an answer that is not the one asked for says: RFC 9457, or, when nothing answered, the same in our words. */
export class Problem extends Error {
	readonly status: number;
	readonly code: string;
	readonly title: string;
	readonly detail: string;
	readonly requestId: string | null;
	readonly errors: readonly FieldError[];

	constructor(status: number, members: Record<string, unknown>, requestId: string | null) {
		const text = (name: string, otherwise: string) => {
			const member = members[name];
			return typeof member === 'string' ? member : otherwise;
		};
		const title = text('title', `The server answered ${status}`);
		super(title);
		this.status = status;
		this.title = title;
		this.code = text('code', 'internal');
		this.detail = text('detail', '');
		this.requestId = text('instance', requestId ?? '') || null;
		this.errors = Array.isArray(members['errors']) ? (members['errors'] as FieldError[]) : [];
	}
}

const unanswered = {
	read: 'The connection is lost, or the server is away. It is tried again by itself.',
	write:
		'The connection was lost before the answer came, so it is not known whether this was written. ' +
		'Look at what is there before you try it again.',
};

const silence = (status: number, title: string, method: string, requestId: string | null) =>
	new Problem(status, { title, code: 'offline', detail: method === 'GET' ? unanswered.read : unanswered.write }, requestId);

/** No answer came at all. */
export const offline = (method: string): Problem => silence(0, 'No answer from the server', method, null);

/** Something on the way answered that it got none. */
export const cutOff = (method: string, { status, headers }: Response): Problem =>
	silence(status, `No answer from the server: ${status} on the way`, method, headers.get('X-Request-Id'));

/** Whatever was thrown, as a problem; a fault of our own keeps its message. */
export const asProblem = (thrown: unknown): Problem =>
	thrown instanceof Problem
		? thrown
		: new Problem(
				-1,
				{ title: 'The console made a mistake', code: 'internal', detail: String(thrown) },
				null,
			);
