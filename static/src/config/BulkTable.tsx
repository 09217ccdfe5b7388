import type { Configuration } from '../data/types';
import { DiffTable } from '../ui/DiffTable';
import { Icon } from '../ui/Icon';
import { useGrowing } from '../ui/useGrowing';
import { Value } from '../ui/Value';
import { replaces, type Proposal } from './bulk';
import { proposed } from './rows';

/** Each parameter with what it would be, and what speaks against it: its bounds, a rule, what is staged already. */
export function BulkTable({
	proposals,
	broken,
	seen,
}: {
	proposals: readonly Proposal[];
	broken: ReadonlyMap<string, string>;
	/** What was in force when it was asked for. */
	seen: Configuration;
}) {
	const drawn = useGrowing(proposals.length, 'bulk');
	const shown = proposals.slice(0, drawn);
	const byName = new Map(shown.map((proposal) => [proposal.row.variable.name, proposal]));
	return (
		<DiffTable
			caption="What would be staged"
			diff={shown.map(({ row, result }) => ({ name: row.variable.name, old: row.live, new: result }))}
			variables={new Map(shown.map(({ row }) => [row.variable.name, row.variable]))}
			critical={shown.filter(({ row }) => row.variable.critical).map(({ row }) => row.variable.name)}
			note={(name) => {
				const proposal = byName.get(name);
				return proposal && <Against proposal={proposal} rule={broken.get(name)} was={seen.values[name] ?? null} />;
			}}
		/>
	);
}

const elsewhere = 'saved elsewhere meanwhile: choose in the review';

function Against({ proposal, rule, was }: { proposal: Proposal; rule: string | undefined; was: string | null }) {
	const { variable, draft, live } = proposal.row;
	const wrong = proposal.refusal ?? rule ?? (was === live ? undefined : elsewhere);
	return (
		<>
			{wrong !== undefined && (
				<em class="message">
					<Icon name="warning" />
					{wrong}
				</em>
			)}
			{draft && replaces(proposal) && (
				<em class="hint">
					instead of the staged <Value text={proposed(variable, draft)} variable={variable} />
				</em>
			)}
		</>
	);
}
