import { useLayoutEffect, useRef } from 'preact/hooks';

/** Picks all of these, or none when all are; between the two when some are. */
export function PickAll({
	names,
	picked,
	label,
	onFlip,
}: {
	names: readonly string[];
	picked: ReadonlySet<string>;
	label: string;
	onFlip: (names: readonly string[]) => void;
}) {
	const box = useRef<HTMLInputElement>(null);
	const count = names.filter((name) => picked.has(name)).length;
	const all = count > 0 && count === names.length;
	// No attribute says it, and a click of one's own undoes it.
	useLayoutEffect(() => {
		if (!box.current) return;
		box.current.checked = all;
		box.current.indeterminate = count > 0 && !all;
	});
	return <input type="checkbox" ref={box} aria-label={label} onClick={() => onFlip(names)} />;
}
