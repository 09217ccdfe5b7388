import { Note } from './Note';

/** What one may not do here, with the role that is missing; nothing where it is held. */
export const NoRole = ({ text, id }: { text: string | null; id?: string }) =>
	text === null ? null : (
		<Note tone="info" icon="lock" {...(id === undefined ? {} : { id })}>
			{text}
		</Note>
	);
