import { query, setQuery } from '../app/router';
import { missing } from '../data/permission';
import type { Change } from '../data/types';
import { Icon } from '../ui/Icon';
import { NoRole } from '../ui/NoRole';
import { RevertSheet } from './RevertSheet';

/** The way back from a change that was applied. */
export function Revert({ change }: { change: Change }) {
	const why = missing('editor', change.environment, 'Reverting');
	const open = () => {
		if (why === null) setQuery('revert', String(change.id), 'push');
	};
	return (
		<>
			<div class="actions">
				<button
					type="button"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'revert-role'}
					onClick={open}
				>
					<Icon name="undo" />
					Revert this change
				</button>
			</div>
			<NoRole text={why} id="revert-role" />
			{why === null && query.value.get('revert') === String(change.id) && (
				<RevertSheet change={change} onClose={() => setQuery('revert', '')} />
			)}
		</>
	);
}
