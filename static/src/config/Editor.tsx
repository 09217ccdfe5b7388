import { useEffect, useMemo } from 'preact/hooks';
import { announce } from '../app/announce';
import { query, setQuery } from '../app/router';
import { onKey } from '../app/shortcuts';
import type { Core } from '../core';
import { pendingChanges } from '../data/changes';
import { stagingOf } from '../data/staging';
import type { Catalog, Configuration, Rule } from '../data/types';
import { plural } from '../text/words';
import { Placeholder } from '../ui/Placeholder';
import { useGrowing } from '../ui/useGrowing';
import { ChangeSheet } from './ChangeSheet';
import { ParameterTable } from './ParameterTable';
import { ReviewDialog } from './ReviewDialog';
import { RolloutBar } from '../rollout/RolloutBar';
import { filter, groups, head, proposed, rowsOf, violations } from './rows';
import { Tray } from './Tray';

interface Props {
	env: string;
	catalog: Catalog;
	live: Configuration;
	rules: readonly Rule[] | null;
	core: Core | null;
	wanted: string | null;
}

const showReview = () => setQuery('review', '1', 'push');
const endReview = () => setQuery('review', '');

/** The table and what is staged over it. Everything shown is computed from the live values and the drafts. */
export function Editor({ env, catalog, live, rules, core, wanted }: Props) {
	const staging = stagingOf(env);
	const drafts = staging.drafts.value;
	const pending = pendingChanges.value.value;
	// Not again at each key in the filter: only the filter itself is.
	const rows = useMemo(() => {
		const broken = core && rules ? violations(core, catalog, live, rules, drafts) : new Map<string, string>();
		const waiting = (pending ?? []).filter(({ environment }) => environment === env);
		return rowsOf(catalog, live, drafts, broken, waiting);
	}, [env, core, catalog, live, rules, drafts, pending]);
	const opened = query.value.get('change');
	const reviewing = query.value.has('review');
	const text = query.value.get('q') ?? '';
	const shown = useMemo(() => filter(rows, text), [rows, text]);
	const grouped = useMemo(() => groups(shown), [shown]);
	const drawn = useGrowing(shown.length, `${env} ${text}`);
	const staged = rows.filter(({ draft }) => draft !== null);

	// A draft that is what is live now is done: somebody saved it, perhaps oneself with an answer that got lost.
	useEffect(() => {
		const done = rows.filter(
			({ variable, draft, live: now }) => draft && proposed(variable, draft) === now,
		);
		if (done.length > 0) staging.unstage(...done.map(({ variable }) => variable.name));
	}, [live, drafts]);
	useEffect(
		() =>
			onKey('r', () => {
				if (staging.names.peek().length > 0) showReview();
			}),
		[env],
	);
	// Nothing is left to review: what is staged next must not open it by itself.
	useEffect(() => {
		if (reviewing && staged.length === 0) endReview();
	}, [reviewing, staged.length]);
	useEffect(() => {
		if (text !== '') announce(`${shown.length} of ${plural(rows.length, 'parameter')}`);
	}, [text]);

	return (
		<>
			{shown.length > 0 ? (
				<ParameterTable
					env={env}
					groups={head(grouped, drawn)}
					core={core}
					wanted={wanted}
					shown={shown.length}
					total={rows.length}
				/>
			) : (
				<Placeholder title={`No parameter matches “${text}”`}>
					<button type="button" onClick={() => setQuery('q', '')}>
						Clear the filter
					</button>
				</Placeholder>
			)}
			<div class="dock">
				<RolloutBar env={env} />
				<Tray env={env} staged={staged} onReview={showReview} />
			</div>
			{opened !== null && <ChangeSheet env={env} id={opened} key={opened} />}
			{reviewing && staged.length > 0 && (
				<ReviewDialog
					env={env}
					staged={staged}
					live={live}
					catalog={catalog}
					onClose={endReview}
				/>
			)}
		</>
	);
}
