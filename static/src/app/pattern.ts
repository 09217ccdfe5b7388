// Addresses as patterns: segments, of which `:name` takes any one.

export type Params = Readonly<Record<string, string>>;

/** The segments of a pattern in a path, or null. A segment that is no percent-encoding matches nothing. */
export function match(pattern: string, pathname: string): Params | null {
	const want = pattern.split('/').filter(Boolean);
	const have = pathname.split('/').filter(Boolean);
	if (want.length !== have.length) return null;
	const params: Record<string, string> = {};
	for (const [i, part] of want.entries()) {
		const got = decode(have[i] ?? '');
		if (got === null) return null;
		if (part.startsWith(':')) params[part.slice(1)] = got;
		else if (part !== got) return null;
	}
	return params;
}

function decode(segment: string): string | null {
	try {
		return decodeURIComponent(segment);
	} catch {
		return null;
	}
}

/** An address from segments, each encoded. */
export const address = (...segments: string[]): string => `/${segments.map(encodeURIComponent).join('/')}`;

/** The address that a pattern makes of the parameters, or null where one of its own is missing. */
export function fill(pattern: string, params: Params): string | null {
	const parts = pattern.split('/').filter(Boolean);
	const filled = parts.map((part) => (part.startsWith(':') ? params[part.slice(1)] : part));
	return filled.every((part) => part !== undefined) ? address(...filled) : null;
}
