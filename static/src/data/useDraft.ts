import { batch, useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { differing, merged } from './merge';

/** What somebody else wrote while one types: of each member that they changed, what it was and what it is. */
export type Theirs<Draft> = readonly { member: keyof Draft & string; was: Draft[keyof Draft]; is: Draft[keyof Draft] }[];

export interface Drafting<Source, Draft> {
	readonly draft: Signal<Draft>;
	/** What it was made from, and is written on top of: it moves only when one says so, or has typed nothing. */
	readonly base: Source | null;
	readonly untouched: boolean;
	/** null: nobody wrote it since. */
	readonly theirs: Theirs<Draft> | null;
	/** Mine again what I touched, on top of theirs. */
	keepMine(): void;
	takeTheirs(): void;
	/** It was written: the answer is what one goes on from. */
	wrote(fresh: Source): void;
}

/** A form over something that others may write meanwhile: nothing typed is lost, and nothing of theirs overwritten unseen. */
export function useDraft<Source extends { version?: number }, Draft extends object>(
	current: Source | null,
	draftOf: (source: Source | null) => Draft,
): Drafting<Source, Draft> {
	const base = useSignal(current);
	const draft = useSignal(draftOf(current));
	const was = draftOf(base.value);
	const is = draftOf(current);
	const untouched = differing(was, draft.value).length === 0;
	const moved = base.value !== null && current !== null && (current.version ?? 0) > (base.value.version ?? 0);
	const goOn = (from: Source | null, next: Draft) =>
		batch(() => {
			base.value = from;
			draft.value = next;
		});
	useEffect(() => {
		if (moved && untouched) goOn(current, is);
	}, [current]);
	return {
		draft,
		base: base.value,
		untouched,
		theirs: moved && !untouched ? differing(was, is).map((member) => ({ member, was: was[member], is: is[member] })) : null,
		keepMine: () => goOn(current, merged(was, is, draft.peek())),
		takeTheirs: () => goOn(current, is),
		wrote: (fresh) => goOn(fresh, draftOf(fresh)),
	};
}
