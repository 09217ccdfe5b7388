// Reads text/event-stream from a fetch, by the standard's rules. EventSource would hide three things the console
// needs: comments (they prove that the link lives), the status of a refusal, and events with names of their own.

export interface Message {
	event: string;
	id: string | null;
	data: string;
}

/** Takes chunks of text, gives whole messages; keeps what is unfinished. */
export function messageParser(): (chunk: string) => Message[] {
	let rest = '';
	return (chunk) => {
		const text = rest + chunk;
		const held = text.endsWith('\r') ? 1 : 0; // the newline that may belong to it is still to come
		const blocks = text
			.slice(0, text.length - held)
			.replace(/\r\n?/g, '\n')
			.split('\n\n');
		rest = (blocks.pop() ?? '') + text.slice(text.length - held);
		return blocks.map(parseBlock).filter((message): message is Message => message !== null);
	};
}

function parseBlock(block: string): Message | null {
	const message: Message = { event: 'message', id: null, data: '' };
	const data: string[] = [];
	for (const line of block.split('\n')) {
		const [, field, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
		if (field === 'event') message.event = value ?? '';
		else if (field === 'id') message.id = value ?? '';
		else if (field === 'data') data.push(value ?? '');
	}
	message.data = data.join('\n');
	return data.length > 0 || message.id !== null ? message : null;
}
