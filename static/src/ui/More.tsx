import { announce } from '../app/announce';
import type { Pages } from '../data/pages';
import { plural } from '../text/words';

/** The end of a list that comes in pages: how much is shown, and the way to more. */
export function More({
	of,
	what,
	many = `${what}s`,
}: {
	of: Pages<unknown>;
	what: string;
	many?: string;
}) {
	const shown = of.value.value?.length ?? 0;
	const open = async () => {
		await of.open();
		announce(`${plural(of.value.peek()?.length ?? 0, what, many)} shown`);
	};
	return (
		<p class="more">
			<span class="dim">
				{plural(shown, what, many)}
				{of.more.value ? ' shown' : ''}
			</span>
			{of.more.value && (
				<button type="button" onClick={() => void open()} aria-busy={of.loading.value}>
					Show more
				</button>
			)}
		</p>
	);
}
