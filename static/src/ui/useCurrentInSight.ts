import { useLayoutEffect, useRef } from 'preact/hooks';

/** Where a row of links is wider than the screen, the one of `current` is in sight. Only the row itself scrolls. */
export function useCurrentInSight(current: unknown) {
	const row = useRef<HTMLElement>(null);
	useLayoutEffect(() => {
		const link = row.current?.querySelector<HTMLElement>('[aria-current]');
		if (!row.current || !link) return;
		const [outer, inner] = [row.current.getBoundingClientRect(), link.getBoundingClientRect()];
		row.current.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
	}, [current]);
	return row;
}
