import { stagingOf } from '../data/staging';
import type { Configuration } from '../data/types';
import { Value } from '../ui/Value';
import { proposed, type Row } from './rows';

/** Somebody else saved the same parameters: three values side by side, and a choice for each. */
export function ConflictTable({
	env,
	rows,
	live,
}: {
	env: string;
	rows: readonly Row[];
	live: Configuration;
}) {
	const staging = stagingOf(env);
	return (
		<table class="diff conflict">
			<caption>Saved elsewhere meanwhile</caption>
			<thead>
				<tr>
					<th scope="col">Parameter</th>
					<th scope="col">It was</th>
					<th scope="col">Live now</th>
					<th scope="col">Yours</th>
					<th scope="col">Keep</th>
				</tr>
			</thead>
			<tbody>
				{rows.map(({ variable, conflict, draft, origin }) => (
					<tr key={variable.name}>
						<th scope="row">
							<code>{variable.name}</code>
						</th>
						<td data-label="It was">
							<Value text={conflict?.from ?? null} variable={variable} />
						</td>
						<td data-label="Live now">
							<span>
								<Value text={conflict?.theirs ?? null} variable={variable} />
								{origin?.changed_by && <span class="dim"> by {origin.changed_by}</span>}
							</span>
						</td>
						<td data-label="Yours">
							<ins>
								<Value text={draft && proposed(variable, draft)} variable={variable} />
							</ins>
						</td>
						<td class="choice">
							<button
								type="button"
								onClick={() => staging.rebase(variable.name, live)}
								aria-label={`Mine for ${variable.name}`}
							>
								Mine
							</button>
							<button
								type="button"
								onClick={() => staging.unstage(variable.name)}
								aria-label={`Theirs for ${variable.name}`}
							>
								Theirs
							</button>
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
