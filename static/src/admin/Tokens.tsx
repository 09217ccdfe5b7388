import { useEffect } from 'preact/hooks';
import { announce } from '../app/announce';
import { query, setQuery } from '../app/router';
import { api, unwrap } from '../data/api';
import { now } from '../data/clock';
import { tokens } from '../data/stores';
import type { Token } from '../data/types';
import { useAttempt } from '../data/useAttempt';
import { moment } from '../text/age';
import { Ago } from '../ui/Ago';
import { Cell } from '../ui/Cell';
import { Columns } from '../ui/Columns';
import { EnvBadge } from '../ui/EnvBadge';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { ProblemNote } from '../ui/ProblemNote';
import { TokenSheet } from './TokenSheet';

/** What programs log in with. */
export function Tokens() {
	const { problem, run } = useAttempt();
	useEffect(() => tokens.ensure(), []);
	const revoke = ({ id, name }: Token) =>
		run(async () => {
			await unwrap(api.DELETE('/tokens/{id}', { params: { path: { id } } }));
			await tokens.refresh();
			announce(`${name} is revoked`);
		});
	return (
		<section>
			<div class="above-table section">
				<h2>Tokens</h2>
				<button type="button" onClick={() => setQuery('token', 'new', 'push')}>
					New token
				</button>
			</div>
			{problem.value && <ProblemNote problem={problem.value} />}
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
													onClick={() => void revoke(token)}
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
		</section>
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
