import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';

const said = 'Values have changed since the rows were sorted.';

/** Offers another order when values have moved under this one. It stands where it pushes no row away. */
export function OrderMoved({ again }: { again: (() => void) | null }) {
	const moved = again !== null;
	useEffect(() => {
		if (moved) announce(said);
	}, [moved]);
	if (!again) return null;
	const sort = () => {
		// The button goes with what it did.
		document.querySelector<HTMLElement>('.parameters .sort.is-on')?.focus({ preventScroll: true });
		again();
	};
	return (
		<section class="order-moved" aria-label="Order of the rows">
			<p>{said}</p>
			<button type="button" class="link" onClick={sort}>
				Sort again
			</button>
		</section>
	);
}
