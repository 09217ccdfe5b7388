import type { DiffItem, FieldError } from './types';

/** What an answer that is not the one asked for says: RFC 9457, or, when nothing answered, the same in our words. */
export class Problem extends Error {
	readonly status: number;
	readonly code: string;
	readonly title: string;
	readonly detail: string;
	readonly requestId: string | null;
	readonly errors: readonly FieldError[];
	readonly currentVersion: number | null;
	readonly diff: readonly DiffItem[];

	constructor(status: number, members: Record<string, unknown>, requestId: string | null) {
		const text = (name: string, otherwise: string) =>
			typeof members[name] === 'string' ? (members[name] as string) : otherwise;
		const title = text('title', `The server answered ${status}`);
		super(title);
		this.status = status;
		this.title = title;
		this.code = text('code', 'internal');
		this.detail = text('detail', '');
		this.requestId = text('instance', requestId ?? '') || null;
		this.errors = Array.isArray(members['errors']) ? (members['errors'] as FieldError[]) : [];
		this.currentVersion =
			typeof members['current_version'] === 'number' ? members['current_version'] : null;
		this.diff = Array.isArray(members['diff']) ? (members['diff'] as DiffItem[]) : [];
	}

	/** No answer came at all. */
	get isOffline(): boolean {
		return this.status === 0;
	}
}

export const offline = () =>
	new Problem(
		0,
		{
			title: 'No answer from the server',
			code: 'offline',
			detail: 'The connection is lost, or the server is away. Nothing was written.',
		},
		null,
	);

/** Whatever was thrown, as a problem; a fault of our own keeps its message. */
export const asProblem = (thrown: unknown): Problem =>
	thrown instanceof Problem
		? thrown
		: new Problem(
				-1,
				{ title: 'The console made a mistake', code: 'internal', detail: String(thrown) },
				null,
			);
