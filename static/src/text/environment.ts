// An environment is a name, a colour and a shape. The usual ones have theirs; any other gets one from its name,
// the same everywhere.
import type { IconName } from '../ui/Icon';

export interface Look {
	shape: IconName;
	tone: string;
}

const known: Record<string, Look> = {
	dev: { shape: 'square', tone: 'slate' },
	paper: { shape: 'circle', tone: 'blue' },
	live: { shape: 'diamond', tone: 'red' },
};

const others: readonly Look[] = [
	{ shape: 'triangle', tone: 'teal' },
	{ shape: 'hexagon', tone: 'violet' },
	{ shape: 'square', tone: 'olive' },
	{ shape: 'triangle', tone: 'violet' },
	{ shape: 'hexagon', tone: 'teal' },
	{ shape: 'circle', tone: 'olive' },
];

export function lookOf(environment: string): Look {
	let sum = 0;
	for (const letter of environment) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
	return known[environment] ?? others[sum % others.length] ?? { shape: 'square', tone: 'slate' };
}
