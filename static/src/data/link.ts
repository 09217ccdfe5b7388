// The line to the notifier: a stream of events, or long polls where a proxy swallows streams. It says what happened
// and whether the line stands; what to read again is decided in freshness.ts.
import { signal } from '@preact/signals';
import { base } from './api';
import { serverTime } from './clock';
import { messageParser, type Message } from './sse';

export interface LinkEvent {
	cursor: string;
	type: string;
	environment: string | null;
	/** What else it says, by its type. */
	members: Readonly<Record<string, unknown>>;
}

type Written = { cursor?: string; type?: string; environment?: string | null } & Record<string, unknown>;

const eventOf = (written: Written, type: string, cursor: string | null): LinkEvent => ({
	cursor: written.cursor ?? cursor ?? '',
	type,
	environment: written.environment ?? null,
	members: written,
});

/** `stale` means: what is shown may have moved on since `since`, and nobody would have told. */
export type LinkState = { name: 'connecting' } | { name: 'live' } | { name: 'stale'; since: number };
export const linkState = signal<LinkState>({ name: 'connecting' });

export interface LinkOwner {
	/** Something happened; in the order it happened. */
	event(event: LinkEvent): void;
	/** Events may have been missed: all that is shown must be read again. */
	reset(): void;
	refused(): void;
}

const firstByteWithin = 5_000; // longer: something between buffers the stream
const silentAfter = 40_000; // the notifier writes a comment every 15 s
const pollSeconds = 25;
const backoff = { least: 400, most: 8_000 };

class Refused extends Error {}
class Buffered extends Error {}

/** Opens the line and keeps it open until the returned function is called. */
export function openLink(owner: LinkOwner): () => void {
	const closed = new AbortController();
	let cursor: string | null = null;
	let failures = 0;
	let streams = true;

	const lost = () => {
		if (linkState.peek().name !== 'stale') linkState.value = { name: 'stale', since: serverTime() };
	};
	// The first answer of all may say reset: nothing was missed then, since the pages read after the line stood.
	const arrived = () => {
		failures = 0;
		linkState.value = { name: 'live' };
	};

	function take(data: string, name: string): void {
		const body = JSON.parse(data) as Written & { reset?: boolean; events?: Written[] };
		if (name === 'reset' || body.reset === true) owner.reset();
		if (typeof body.cursor === 'string') cursor = body.cursor;
		for (const event of body.events ?? []) if (event.type) owner.event(eventOf(event, event.type, cursor));
		if (body.type) owner.event(eventOf(body, body.type, cursor));
	}

	function takeMessage(message: Message): void {
		if (message.data !== '') take(message.data, message.event);
		if (message.id !== null) cursor = message.id;
	}

	async function request(
		query: string,
		headers: Record<string, string>,
		signal: AbortSignal,
	): Promise<Response> {
		const response = await fetch(`${base}/events${query}`, { headers, signal, cache: 'no-store' });
		if (response.status === 401) throw new Refused();
		if (!response.ok) throw new Error(`status ${response.status}`);
		return response;
	}

	async function stream(): Promise<void> {
		const attempt = new AbortController();
		const stop = () => attempt.abort();
		closed.signal.addEventListener('abort', stop);
		addEventListener('offline', stop); // the silence that would tell the same need not be waited for
		let seen = false;
		const proven = cursor !== null; // a stream has passed before: silence is then only silence
		let watchdog = setTimeout(stop, proven ? silentAfter : firstByteWithin);
		try {
			const headers: Record<string, string> = { Accept: 'text/event-stream' };
			if (cursor !== null) headers['Last-Event-ID'] = cursor;
			const response = await request('', headers, attempt.signal);
			if (!response.headers.get('Content-Type')?.startsWith('text/event-stream') || !response.body)
				throw new Buffered();
			if (proven) arrived();
			const parse = messageParser();
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
			for (;;) {
				const { done, value } = await reader.read();
				if (done) return;
				seen = true;
				clearTimeout(watchdog);
				watchdog = setTimeout(stop, silentAfter);
				arrived();
				parse(value).forEach(takeMessage);
			}
		} catch (thrown) {
			const silent = attempt.signal.aborted && !closed.signal.aborted && navigator.onLine;
			if (silent && !seen && !proven) throw new Buffered();
			throw thrown;
		} finally {
			clearTimeout(watchdog);
			closed.signal.removeEventListener('abort', stop);
			removeEventListener('offline', stop);
			stop();
		}
	}

	async function poll(): Promise<void> {
		const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
		const response = await request(
			`?wait=${pollSeconds}${after}`,
			{ Accept: 'application/json' },
			AbortSignal.any([closed.signal, AbortSignal.timeout(silentAfter)]),
		);
		const body = await response.text();
		arrived();
		take(body, 'message');
	}

	async function keep(): Promise<void> {
		while (!closed.signal.aborted) {
			try {
				await (streams ? stream() : poll());
			} catch (thrown) {
				if (closed.signal.aborted) return;
				if (thrown instanceof Refused) return owner.refused();
				if (thrown instanceof Buffered) streams = false;
				failures += 1;
			}
			if (failures > 0 || streams) {
				lost();
				await pause(closed.signal, failures);
			}
		}
	}

	void keep();
	return () => closed.abort();
}

/** Waits with full jitter, longer after each failure; coming back online cuts it short. */
function pause(signal: AbortSignal, failures: number): Promise<void> {
	const most = Math.min(backoff.most, backoff.least * 2 ** failures);
	return new Promise((resolve) => {
		const end = () => {
			clearTimeout(timer);
			removeEventListener('online', end);
			signal.removeEventListener('abort', end);
			resolve();
		};
		const timer = setTimeout(end, backoff.least / 2 + Math.random() * most);
		addEventListener('online', end);
		signal.addEventListener('abort', end);
	});
}
