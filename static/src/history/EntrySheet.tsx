import { address } from '../app/pattern';
import { query, setQuery, withQuery, go } from '../app/router';
import { variablesByName } from '../changes/variables';
import { missing } from '../data/permission';
import { catalog } from '../data/stores';
import type { HistoryEntry } from '../data/types';
import { moment } from '../text/age';
import { changeKinds, setNoValue } from '../text/words';
import { CopyButton } from '../ui/CopyButton';
import { DiffTable } from '../ui/DiffTable';
import { EnvBadge } from '../ui/EnvBadge';
import { Hash } from '../ui/Hash';
import { NoRole } from '../ui/NoRole';
import { Sheet } from '../ui/Sheet';
import { RestoreSheet } from './RestoreSheet';

/** One entry: the difference as it was stored, who answers for it, its place in the chain, and the way back. */
export function EntrySheet({ entry }: { entry: HistoryEntry }) {
	const { environment, version, change_id, kind, changed_at, changed_by, approved_by, reason, diff } = entry;
	const to = query.value.get('restore');
	const close = () => go(withQuery({ entry: '', at: '', restore: '' }), 'replace');
	if (to === 'before' || to === 'after')
		return <RestoreSheet entry={entry} to={to} onClose={() => setQuery('restore', '')} />;
	const why = missing('editor', environment, 'Restoring');
	const open = (side: string) => {
		if (why === null) setQuery('restore', side, 'push');
	};
	return (
		<Sheet titleId="entry-title" onClose={close}>
			<header>
				<h2 id="entry-title">
					<EnvBadge name={environment} version={version} />
				</h2>
				<p class="reason">{reason}</p>
				<p class="sub">
					<b>{changed_by}</b>
					{approved_by !== null && <>, approved by <b>{approved_by}</b></>} · {moment(changed_at)} ·{' '}
					{changeKinds[kind]}
					{change_id !== null && (
						<>
							{' '}
							· <a href={address('changes', String(change_id))}>change #{change_id}</a>
						</>
					)}
				</p>
			</header>
			<section>
				{diff.length > 0 ? (
					<DiffTable diff={diff} variables={variablesByName(catalog.value.value)} caption="What was written" />
				) : (
					<p class="dim">{setNoValue(entry)}</p>
				)}
				<dl class="facts-list">
					<dt>Row</dt>
					<dd>
						<Hash of={entry.row_hash} /> <CopyButton text={entry.row_hash} what="hash of the row" />
					</dd>
					<dt>Row before</dt>
					<dd>{entry.prev_hash === null ? <span class="dim">it is the first</span> : <Hash of={entry.prev_hash} />}</dd>
				</dl>
				<NoRole text={why} id="restore-role" />
			</section>
			<footer>
				<button type="button" onClick={close}>
					Close
				</button>
				<span class="grow" />
				{diff.length > 0 && (
					<>
						<button
							type="button"
							aria-disabled={why !== null}
							aria-describedby={why === null ? undefined : 'restore-role'}
							onClick={() => open('before')}
						>
							Revert v{version}
						</button>
						<button
							type="button"
							class="primary"
							aria-disabled={why !== null}
							aria-describedby={why === null ? undefined : 'restore-role'}
							onClick={() => open('after')}
						>
							Restore v{version}
						</button>
					</>
				)}
			</footer>
		</Sheet>
	);
}
