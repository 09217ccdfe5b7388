import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const first = 60; // more than a screen
const step = 120; // at least: what is there makes each step dearer, so that they grow with it

/** Where a browser does not tell when it is idle, a moment later. */
const whenIdle = (act: () => void): void => {
	if ('requestIdleCallback' in globalThis) requestIdleCallback(act, { timeout: 250 });
	else setTimeout(act, 30);
};

/**
 * How many of a long list are drawn now: a screen at once, the rest while nothing else is to be done, so that a key
 * is answered at once however long the list is. Another `key` is another list; the same list never becomes shorter.
 */
export function useGrowing(total: number, key: string): number {
	const drawn = useRef({ key, n: first });
	const grown = useSignal(0);
	if (drawn.current.key !== key) drawn.current = { key, n: first };
	const { n } = drawn.current;
	useEffect(() => {
		if (n >= total) return undefined;
		let over = false;
		// After the frame that shows what there is already.
		const frame = requestAnimationFrame(() =>
			whenIdle(() => {
				if (over) return;
				drawn.current.n = n + Math.max(step, n >> 2);
				grown.value += 1;
			}),
		);
		return () => {
			over = true;
			cancelAnimationFrame(frame);
		};
	}, [n, total, key]);
	void grown.value; // what grows draws again
	return n;
}
