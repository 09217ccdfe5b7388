import { lazy } from '../app/lazy';
import { address } from '../app/pattern';
import { setQuery } from '../app/router';
import { Sheet } from '../ui/Sheet';

const ChangeView = lazy(async () => (await import('../pages/changes')).ChangeView, 'changes');

/** A change set over the editor: what waits is read and decided on without leaving the table. */
export function ChangeSheet({ env, id }: { env: string; id: string }) {
	const close = () => setQuery('change', '');
	return (
		<Sheet titleId="sheet-change" size="large" env={env} onClose={close}>
			<div class="sheet-body change-sheet">
				<ChangeView id={id} titleId="sheet-change" level={2} key={id} />
			</div>
			<footer>
				<a href={address('changes', id)}>Open as a page</a>
				<span class="grow" />
				<button type="button" onClick={close}>
					Back to the parameters
				</button>
			</footer>
		</Sheet>
	);
}
