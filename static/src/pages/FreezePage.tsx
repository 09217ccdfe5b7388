import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { FreezeSheet } from '../admin/FreezeSheet';
import { isPast, whenOf } from '../admin/freeze';
import { announce } from '../app/announce';
import { query, setQuery } from '../app/router';
import { api, unwrap } from '../data/api';
import { now } from '../data/clock';
import { missing } from '../data/permission';
import { holds, holdsAnywhere } from '../data/session';
import { environments, freezeWindows } from '../data/stores';
import type { FreezeWindow } from '../data/types';
import { useFresh } from '../data/useFresh';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { ConfirmSheet } from '../ui/ConfirmSheet';
import { EnvBadge } from '../ui/EnvBadge';
import { Loaded } from '../ui/Loaded';
import { NoRole } from '../ui/NoRole';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

/** When nothing is applied, and why. */
export function FreezePage() {
	const removing = useSignal<FreezeWindow | null>(null);
	useFresh(freezeWindows, 'freeze_window');
	useEffect(() => environments.ensure(), []);
	const why = holdsAnywhere('admin') ? null : missing('admin', '*', 'Setting a window');
	return (
		<>
			<PageHead title="Freeze windows" sub="When nothing is applied; drafts and submissions go on">
				<button
					type="button"
					class="primary"
					aria-disabled={why !== null}
					aria-describedby={why === null ? undefined : 'freeze-role'}
					onClick={() => why === null && setQuery('window', 'new', 'push')}
				>
					New window
				</button>
			</PageHead>
			<AdminNav />
			<NoRole text={why} id="freeze-role" />
			<Loaded of={freezeWindows} what="the freeze windows">
				{(all) =>
					all.length === 0 ? (
						<Placeholder title="Nothing is frozen, and nothing will be">
							<p>A window stops what is applied: around a release, over a weekend, every Friday evening.</p>
						</Placeholder>
					) : (
						<table role="table" class="data">
							<caption class="visually-hidden">Freeze windows</caption>
							<Columns of={['Environment', 'When', 'Reason', 'Set by', '']} />
							<tbody role="rowgroup">
								{all.map((one) => (
									<tr role="row" key={one.id} data-window={one.id}>
										<th role="rowheader" scope="row">
											{one.environment === '*' ? <b>all</b> : <EnvBadge name={one.environment} />}
										</th>
										<Cell label="When">
											{whenOf(one)}
											{isPast(one, now.value) && <span class="dim"> · over</span>}
										</Cell>
										<Cell label="Reason">{one.reason}</Cell>
										<Cell label="Set by" class="dim">
											{one.created_by}
										</Cell>
										<td role="cell">
											{holds('admin', one.environment) && (
												<button
													type="button"
													class="quiet small"
													onClick={() => (removing.value = one)}
													aria-label={`Delete the window: ${one.reason}`}
												>
													Delete
												</button>
											)}
										</td>
									</tr>
								))}
							</tbody>
						</table>
					)
				}
			</Loaded>
			{removing.value && <DeleteWindow window={removing.value} onClose={() => (removing.value = null)} />}
			{query.value.get('window') === 'new' && why === null && <FreezeSheet onClose={() => setQuery('window', '')} />}
		</>
	);
}

function DeleteWindow({ window, onClose }: { window: FreezeWindow; onClose: () => void }) {
	const { id, environment, reason } = window;
	const done = async () => {
		await Promise.all([freezeWindows.refresh(), environments.refresh()]);
		announce('The window is gone');
		onClose();
	};
	return (
		<ConfirmSheet
			title={
				<>
					Delete the freeze of {environment === '*' ? 'all environments' : <EnvBadge name={environment} />}
				</>
			}
			verb="Delete the window"
			act={() => unwrap(api.DELETE('/freeze-windows/{id}', { params: { path: { id } } }))}
			onDone={() => void done()}
			onClose={onClose}
		>
			<p>
				{whenOf(window)}: {reason}
			</p>
			<p>{isPast(window, now.value) ? 'It is over already.' : 'Nothing is held back by it any more, from now on.'}</p>
		</ConfirmSheet>
	);
}
