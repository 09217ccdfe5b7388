import type { Problem } from '../data/problem';
import { CopyButton } from './CopyButton';
import { Icon } from './Icon';

/**
 * What went wrong, in the server's words, with the id to quote and the way on. That nobody is logged in is said by the
 * dialog that asks who it is, not here.
 */
export function ProblemNote({ problem, retry }: { problem: Problem; retry?: (() => void) | undefined }) {
	if (problem.code === 'unauthenticated') return null;
	return (
		<div class="note bad" role="alert">
			<Icon name="warning" />
			<div>
				<strong>{problem.title}</strong>
				{problem.detail !== '' && problem.detail !== problem.title && <p>{problem.detail}</p>}
				{problem.errors.length > 0 && (
					<ul>
						{problem.errors.map(({ name, detail, environment }) => (
							<li key={`${environment} ${name} ${detail}`}>
								<code>{name}</code> {environment !== undefined && <b>in {environment}: </b>}
								{detail}
							</li>
						))}
					</ul>
				)}
				{problem.requestId && (
					<p class="request-id">
						Request <code>{problem.requestId}</code>{' '}
						<CopyButton text={problem.requestId} what="request id" />
					</p>
				)}
			</div>
			{retry && (
				<button type="button" onClick={retry}>
					Try again
				</button>
			)}
		</div>
	);
}
