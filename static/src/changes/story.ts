// The events of a change set as a story: who did what, with which content, and what that voided.
import type { ChangeDocument, ChangeEvent } from '../data/types';
import type { Tone } from '../text/words';
import type { IconName } from '../ui/Icon';

export interface Step {
	at: string;
	actor: string;
	icon: IconName;
	tone: Tone;
	what: string;
	/** The content it had from then on, where that was another one than before. */
	hash: string | null;
	comment: string | null;
	/** What it made void. */
	note: string | null;
}

const looks: Record<ChangeEvent['event'], { icon: IconName; tone: Tone; what: string }> = {
	edit: { icon: 'pencil', tone: 'off', what: 'edited it' },
	rebase: { icon: 'restart', tone: 'info', what: 'rebased it onto what is in force' },
	submit: { icon: 'right', tone: 'info', what: 'submitted it' },
	approve: { icon: 'check', tone: 'ok', what: 'approved it' },
	reject: { icon: 'cross', tone: 'bad', what: 'rejected it' },
	withdraw: { icon: 'off', tone: 'off', what: 'withdrew it' },
	activate: { icon: 'check', tone: 'ok', what: 'applied it' },
	supersede: { icon: 'undo', tone: 'off', what: 'superseded it: none of its values is in force any more' },
};

const textOf = (detail: ChangeEvent['detail'], name: string): string | null => {
	const found = detail[name];
	return typeof found === 'string' && found !== '' ? found : null;
};

const voids = 'What an approver had seen before is void: the content is another one now.';

/** How it came to be, where nobody just proposed it. */
const begins: Partial<Record<ChangeDocument['kind'], string>> = {
	restore: 'proposed to restore older values',
	create: 'created the environment',
	catalog: 'changed the catalog',
};

export function storyOf({ created_by, created_at, kind, events }: ChangeDocument): Step[] {
	const begun: Step = {
		at: created_at,
		actor: created_by,
		icon: 'pencil',
		tone: 'off',
		what: begins[kind] ?? 'proposed it',
		hash: null,
		comment: null,
		note: null,
	};
	let before: string | null = null;
	let waiting = false;
	const rest = events.map(({ at, actor, event, detail }) => {
		const hash = textOf(detail, 'content_hash');
		const other = hash !== null && hash !== before;
		const note = waiting && other && before !== null ? voids : null;
		if (hash !== null) before = hash;
		if (event === 'submit') waiting = true;
		else if (event === 'edit') waiting = false;
		const version = detail['version'];
		return {
			...looks[event],
			...(event === 'activate' && typeof version === 'number' ? { what: `applied it as v${version}` } : {}),
			at,
			actor,
			hash: other ? hash : null,
			comment: textOf(detail, 'comment'),
			note,
		};
	});
	return [begun, ...rest];
}
