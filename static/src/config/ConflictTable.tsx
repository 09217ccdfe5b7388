import { stagingOf } from '../data/staging';
import type { Configuration } from '../data/types';
import { ThreeWay } from '../ui/ThreeWay';
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
		<ThreeWay
			caption="Saved elsewhere meanwhile"
			mine="Yours"
			rows={rows.map(({ variable, conflict, draft, origin }) => ({
				name: variable.name,
				variable,
				base: conflict?.from ?? null,
				theirs: conflict?.theirs ?? null,
				by: origin?.changed_by ?? null,
				mine: draft && proposed(variable, draft),
			}))}
			choice={(name) => (
				<>
					<button
						type="button"
						onClick={() => staging.rebase(name, live)}
						aria-label={`Mine for ${name}`}
					>
						Mine
					</button>
					<button type="button" onClick={() => staging.unstage(name)} aria-label={`Theirs for ${name}`}>
						Theirs
					</button>
				</>
			)}
		/>
	);
}
