import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';
import { query, setQuery } from '../app/router';
import { api, unwrap } from '../data/api';
import { now } from '../data/clock';
import { tokens } from '../data/stores';
import type { Token } from '../data/types';
import { moment } from '../text/age';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { ConfirmSheet } from '../ui/ConfirmSheet';
import { EnvBadge } from '../ui/EnvBadge';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { TokenSheet } from './TokenSheet';

/** What programs log in with. */
export function Tokens() {
	const revoking = useSignal<Token | null>(null);
	useEffect(() => tokens.ensure(), []);
	return (
		<section>
			<div class="above-table section">
				<h2>Tokens</h2>
				<button type="button" onClick={() => setQuery('token', 'new', 'push')}>
					New token
				</button>
			</div>
			<Loaded of={tokens} what="the tokens">
				{(all) =>
					all.length === 0 ? (
						<Placeholder title="There is no token">
							<p>Workers on the long-poll feed, and other programs, log in with one.</p>
						</Placeholder>
					) : (
						<table role="table" class="data">
							<caption class="visually-hidden">Tokens</caption>
							<Columns of={['Token', 'May', 'Created', 'State', '']} />
							<tbody role="rowgroup">
								{all.map((token) => (
									<tr role="row" key={token.id} data-token={token.id}>
										<th role="rowheader" scope="row">
											{token.name}
										</th>
										<Cell label="May">
											{token.role}{' '}
											{token.environment === '*' ? (
												<span class="dim">everywhere</span>
											) : (
												<EnvBadge name={token.environment} />
											)}
										</Cell>
										<Cell label="Created" class="dim">
											{token.created_by} · <Ago at={token.created_at} />
										</Cell>
										<Cell label="State">
											<Standing token={token} />
										</Cell>
										<td role="cell">
											{token.revoked_at === null && (
												<button
													type="button"
													class="quiet small"
													onClick={() => (revoking.value = token)}
													aria-label={`Revoke ${token.name}`}
												>
													Revoke
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
			{query.value.get('token') === 'new' && <TokenSheet onClose={() => setQuery('token', '')} />}
			{revoking.value && <RevokeSheet token={revoking.value} onClose={() => (revoking.value = null)} />}
		</section>
	);
}

function RevokeSheet({ token: { id, name, role, environment }, onClose }: { token: Token; onClose: () => void }) {
	const done = async () => {
		await tokens.refresh();
		announce(`${name} is revoked`);
		onClose();
	};
	return (
		<ConfirmSheet
			title={`Revoke ${name}`}
			verb="Revoke the token"
			act={() => unwrap(api.DELETE('/tokens/{id}', { params: { path: { id } } }))}
			onDone={() => void done()}
			onClose={onClose}
		>
			<p>
				Role {role}, {environment === '*' ? 'everywhere' : <EnvBadge name={environment} />}.
			</p>
			<p>Every program that uses it is refused from its next request on. A revoked token never becomes valid again.</p>
		</ConfirmSheet>
	);
}

function Standing({ token: { revoked_at, expires_at } }: { token: Token }) {
	if (revoked_at !== null)
		return (
			<span class="dim">
				revoked <Ago at={revoked_at} />
			</span>
		);
	if (expires_at === null) return <span class="badge ok">valid</span>;
	return Date.parse(expires_at) <= now.value ? (
		<span class="dim">expired {moment(expires_at)}</span>
	) : (
		<>
			<span class="badge ok">valid</span> <span class="dim">until {moment(expires_at)}</span>
		</>
	);
}
