import { DiffTable } from '../ui/DiffTable';
import { Icon } from '../ui/Icon';
import { useGrowing } from '../ui/useGrowing';
import type { Proposal } from './bulk';

/** Each parameter with what it would be, and what speaks against it: its own bounds, or a rule about the whole. */
export function BulkTable({
	proposals,
	broken,
}: {
	proposals: readonly Proposal[];
	broken: ReadonlyMap<string, string>;
}) {
	const drawn = useGrowing(proposals.length, 'bulk');
	const shown = proposals.slice(0, drawn);
	const refusals = new Map(shown.map(({ row, refusal }) => [row.variable.name, refusal]));
	return (
		<DiffTable
			caption="What would be staged"
			diff={shown.map(({ row, result }) => ({ name: row.variable.name, old: row.live, new: result }))}
			variables={new Map(shown.map(({ row }) => [row.variable.name, row.variable]))}
			critical={shown.filter(({ row }) => row.variable.critical).map(({ row }) => row.variable.name)}
			note={(name) => {
				const wrong = refusals.get(name) ?? broken.get(name);
				return (
					wrong !== undefined && (
						<em class="message">
							<Icon name="warning" />
							{wrong}
						</em>
					)
				);
			}}
		/>
	);
}
