// A write whose answer is lost may have been done all the same. The server knows it by the id of the request.
import { asProblem, type Problem } from './problem';

/** Nothing came, or something on the way spoke in the server's place. */
const unsure = new Set([0, 502, 503, 504]);

const newId = (): string =>
	Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a write is sent with, so that it can be found again. */
export type Named = { 'X-Request-Id': string };

/** Writes, again and again until it is done, and never twice: what an attempt without an answer made is looked for. */
export function once<T>(find: (requestId: string) => Promise<T | null>): (write: (as: Named) => Promise<T>) => Promise<T> {
	let lost: { id: string; problem: Problem } | null = null;

	const look = async (): Promise<T | null> => {
		if (lost === null) return null;
		const { id, problem } = lost;
		const found = await find(id).catch(() => {
			throw problem;
		});
		lost = null;
		return found;
	};

	return async (write) => {
		const before = await look();
		if (before !== null) return before;
		const id = newId();
		try {
			return await write({ 'X-Request-Id': id });
		} catch (thrown) {
			const problem = asProblem(thrown);
			if (!unsure.has(problem.status)) throw thrown;
			lost = { id, problem };
			const found = await look();
			if (found === null) throw thrown;
			return found;
		}
	};
}
