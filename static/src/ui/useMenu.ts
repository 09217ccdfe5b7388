import { useRef } from 'preact/hooks';

/** A native popover that closes itself once something in it was chosen. */
export function useMenu() {
	const ref = useRef<HTMLDivElement>(null);
	return { ref, close: () => ref.current?.hidePopover() };
}
