import type { Drafting } from '../data/useDraft';
import { Note } from '../ui/Note';

const shown = (value: unknown): string =>
	value === true ? 'yes' : value === false ? 'no' : value === '' ? 'empty' : String(value);

/** Somebody wrote it while one types: what they changed, and the choice that nobody else can make. */
export function WrittenMeanwhile<Source, Draft>({
	of: { theirs, keepMine, takeTheirs },
	by,
	labels,
}: {
	of: Drafting<Source, Draft>;
	by: string | undefined;
	labels: Readonly<Record<keyof Draft & string, string>>;
}) {
	if (theirs === null) return null;
	return (
		<Note tone="warn" id="meanwhile">
			<strong>Saved by {by ?? 'somebody else'} meanwhile.</strong> What you typed is still here.
			<ul class="diff-list">
				{theirs.map(({ member, was, is }) => (
					<li key={member}>
						{labels[member]}: <del>{shown(was)}</del> <span aria-hidden="true">→</span>
						<span class="visually-hidden"> to </span> <ins>{shown(is)}</ins>
					</li>
				))}
			</ul>
			<p class="actions-row">
				<button type="button" onClick={keepMine}>
					Keep what I changed, on top of it
				</button>
				<button type="button" onClick={takeTheirs}>
					Take theirs
				</button>
			</p>
		</Note>
	);
}
