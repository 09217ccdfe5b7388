import type { Change } from '../data/types';
import { Hash } from '../ui/Hash';
import { Note } from '../ui/Note';
import { EditedList } from './EditedList';
import { editedOf } from './standing';

/** It was edited or rebased while somebody looked at it: what they saw is void, and they say when they have read anew. */
export function ContentMoved({
	change,
	seen,
	onRead,
}: {
	change: Change;
	seen: { hash: string; diff: Change['diff'] };
	onRead: () => void;
}) {
	const edited = editedOf(seen.diff, change.diff);
	return (
		<Note tone="warn">
			<strong>What you looked at is void.</strong> It was {edited.length > 0 ? 'edited' : 'rebased'}
			{change.edited_by !== null && edited.length > 0 && ` by ${change.edited_by}`} meanwhile: its content was{' '}
			<Hash of={seen.hash} /> and is {change.content_hash !== null && <Hash of={change.content_hash} />} now.
			<EditedList of={edited} />
			<p>
				<button type="button" onClick={onRead}>
					Go on with the new content
				</button>
			</p>
		</Note>
	);
}
