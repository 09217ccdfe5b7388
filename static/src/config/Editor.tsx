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
import { BulkBar } from './BulkBar';
import { BulkDialog } from './BulkDialog';
import { ChangeSheet } from './ChangeSheet';
import { CopyNotice } from './CopyNotice';
import { OrderMoved } from './OrderMoved';
import { ParameterTable } from './ParameterTable';
import { ReviewDialog } from './ReviewDialog';
import { RolloutBar } from '../rollout/RolloutBar';
import { namesOf } from './order';
import { filter, head, proposed, rowsOf, violations, type Row } from './rows';
import { openSelection } from './selection';
import { Tray } from './Tray';
import { useActs } from './useActs';
import { useColumns } from './useColumns';
import { useListed } from './useListed';

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
	const { offered, columns } = useColumns(env);
	const { listed, groups, question, again } = useListed(shown, offered, `${env} ${text}`);
	const drawn = useGrowing(shown.length, question);
	const staged = rows.filter(({ draft }) => draft !== null);
	const selection = useMemo(openSelection, [env]);
	const names = useMemo(() => namesOf(listed), [listed]);
	const isPicked = ({ variable }: Row) => selection.names.value.has(variable.name);
	const picked = rows.filter(isPicked);
	const acts = useActs({ wanted, listed: names, rows: listed, columns, selection });

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
					groups={head(groups, drawn)}
					columns={columns}
					core={core}
					wanted={wanted}
					opened={acts.opened}
					listed={names}
					total={rows.length}
					picked={selection.names.value}
					acts={acts}
				/>
			) : (
				<Placeholder title={`No parameter matches “${text}”`}>
					<button type="button" onClick={() => setQuery('q', '')}>
						Clear the filter
					</button>
				</Placeholder>
			)}
			<div class="dock">
				<CopyNotice />
				<OrderMoved again={again} />
				<RolloutBar env={env} />
				<BulkBar
					env={env}
					rows={picked}
					hidden={picked.length - shown.filter(isPicked).length}
					columns={columns}
					onClear={acts.clear}
				/>
				<Tray env={env} staged={staged} onReview={showReview} />
			</div>
			{opened !== null && <ChangeSheet env={env} id={opened} key={opened} />}
			<BulkDialog
				env={env}
				rows={picked}
				live={live}
				catalog={catalog}
				rules={rules}
				core={core}
				selection={selection}
			/>
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
