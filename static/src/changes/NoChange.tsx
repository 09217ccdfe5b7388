import { Placeholder } from '../ui/Placeholder';

export const NoChange = ({ id, known, level }: { id: string; known: boolean; level: 1 | 2 }) => (
	<>
		{level === 1 && <h1 class="visually-hidden">Change {id}</h1>}
		<Placeholder title={known ? `Change ${id} is not yours to see` : `There is no change ${id}`}>
			<p>
				{known && 'It needs a role in its environment; you hold none there. '}
				<a href="/changes?view=all">All changes</a> that you may see.
			</p>
		</Placeholder>
	</>
);
