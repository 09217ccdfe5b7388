import type { Change } from '../data/types';
import { Note } from '../ui/Note';
import { EditedList } from './EditedList';
import { editedOf } from './standing';

/** Somebody else edited or rebased the change set while one edits it: whose content stays is chosen, not found out. */
export function EditedMeanwhile({
	change,
	before,
	onMine,
	onTheirs,
}: {
	change: Change;
	before: Change;
	onMine: () => void;
	onTheirs: () => void;
}) {
	const edited = editedOf(before.diff, change.diff);
	return (
		<Note tone="warn">
			<strong>
				{edited.length > 0 ? `Edited by ${change.edited_by ?? 'somebody else'} meanwhile.` : 'Rebased meanwhile.'}
			</strong>{' '}
			What you typed is still here; saving it replaces what is there now.
			<EditedList of={edited} />
			<p class="actions-row">
				<button type="button" onClick={onMine}>
					Go on with mine
				</button>
				<button type="button" onClick={onTheirs}>
					Start again from theirs
				</button>
			</p>
		</Note>
	);
}
