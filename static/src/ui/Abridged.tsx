import { useSignal } from '@preact/signals';

const few = 3;

/** A list of names in a sentence: the first few, and the rest where somebody asks for it. */
export function Abridged({ of }: { of: readonly string[] }) {
	const open = useSignal(false);
	const rest = of.length - few;
	if (rest < 2) return <>{of.join(', ')}</>; // the name is as short as "1 more"
	return (
		<>
			{(open.value ? of : of.slice(0, few)).join(', ')}{' '}
			<button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
				{open.value ? 'show fewer' : `and ${rest} more`}
			</button>
		</>
	);
}
