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
}: {
	proposals: readonly Proposal[];
	broken: ReadonlyMap<string, string>;
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
				return proposal && <Against proposal={proposal} rule={broken.get(name)} />;
			}}
		/>
	);
}

function Against({ proposal, rule }: { proposal: Proposal; rule: string | undefined }) {
	const { variable, draft } = proposal.row;
	const wrong = proposal.refusal ?? rule;
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
