import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { announce } from '../app/announce';
import type { Core } from '../core';
import { stagingOf } from '../data/staging';
import type { Catalog, Configuration, Rule } from '../data/types';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';
import { Note } from '../ui/Note';
import { changesFor, draftsWith, isIdle, type Mode, type Proposal } from './bulk';
import { BulkTable } from './BulkTable';
import { violations, type Row } from './rows';
import { SheetFooter } from '../ui/SheetFooter';

export interface BulkProps {
	env: string;
	mode: Mode;
	rows: readonly Row[];
	live: Configuration;
	catalog: Catalog;
	rules: readonly Rule[];
	core: Core;
	onLeaveOut: (names: readonly string[]) => void;
	onClose: () => void;
	onStaged: () => void;
}

const refusedByAll = (n: number): string => (n === 1 ? 'It is refused.' : `All ${n} refuse it.`);

interface BodyProps {
	title: ComponentChildren;
	proposals: readonly Proposal[];
	/** What has to be given before there is anything to propose. */
	missing?: string | null;
	children?: ComponentChildren;
}

/** What they have in common: the proposals, what is wrong with them, and the one button. */
export function BulkBody({
	env,
	live,
	catalog,
	rules,
	core,
	title,
	proposals,
	missing = null,
	children,
	onLeaveOut,
	onClose,
	onStaged,
}: BulkProps & BodyProps) {
	const staging = stagingOf(env);
	const button = useRef<HTMLButtonElement>(null);
	// Drafts are made against what one saw at first: what is saved meanwhile is a conflict, for the review to settle.
	const seen = useMemo(() => live, []);
	const moving = missing === null ? proposals.filter((proposal) => !isIdle(proposal)) : [];
	const refused = moving.filter(({ refusal }) => refusal !== null);
	const sound = moving.filter(({ refusal }) => refusal === null);
	const broken = violations(core, catalog, live, rules, draftsWith(staging.drafts.value, sound));
	const idle = missing === null ? proposals.length - moving.length : 0;
	const shut = refused.length > 0 || sound.length === 0;

	const stage = () => {
		if (shut) return announce(missing ?? refused[0]?.refusal ?? 'Nothing would change');
		staging.stageAll(changesFor(sound), seen);
		announce(`${plural(sound.length, 'change')} staged`);
		onStaged();
	};

	const leaveOut = () => {
		// The button goes with what it is about.
		button.current?.focus();
		onLeaveOut(refused.map(({ row }) => row.variable.name));
	};

	return (
		<form
			onSubmit={(event) => {
				event.preventDefault();
				stage();
			}}
			noValidate
		>
			<header>
				<h2 id="bulk-title">
					{title} {plural(proposals.length, 'parameter')} in <EnvBadge name={env} />
				</h2>
				<p class="sub">Nothing is written yet: the changes are staged, and reviewed as one set.</p>
			</header>
			<div class="sheet-body">
				{children}
				<div id="bulk-verdict" class="facts" role="status">
					{missing !== null && <Note tone="info">{missing}</Note>}
					{refused.length > 0 && (
						<Note tone="bad">
							{refused.length === proposals.length
								? refusedByAll(refused.length)
								: `${refused.length} of ${proposals.length} ${refused.length === 1 ? 'refuses' : 'refuse'} it.`}{' '}
							{refused.length < proposals.length && (
								<button
									type="button"
									class="link"
									onClick={leaveOut}
								>
									Leave {refused.length === 1 ? 'it' : 'them'} out
								</button>
							)}
						</Note>
					)}
					{idle > 0 && (
						<Note tone="info">
							{plural(idle, 'parameter')} {idle === 1 ? 'has' : 'have'} this value already.
						</Note>
					)}
				</div>
				{moving.length > 0 && <BulkTable proposals={moving} broken={broken} seen={seen} />}
			</div>
			<SheetFooter onCancel={onClose}>
				<button class="primary" ref={button} aria-disabled={shut} aria-describedby={shut ? 'bulk-verdict' : undefined}>
					Stage {plural(sound.length, 'change')} in {env}
				</button>
			</SheetFooter>
		</form>
	);
}
