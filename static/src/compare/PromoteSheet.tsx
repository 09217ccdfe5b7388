import { useRef } from 'preact/hooks';
import { findEnvironment } from '../data/stores';
import { planPromotion, promote } from '../data/transfer';
import { ProposalSheet } from '../proposal/ProposalSheet';
import { plural } from '../text/words';
import { EnvBadge } from '../ui/EnvBadge';

/** Takes values over from one environment into another. What was seen there is what is taken: if it moves, one looks again. */
export function PromoteSheet({
	from,
	to,
	names,
	onClose,
}: {
	from: string;
	to: string;
	names: string[];
	onClose: () => void;
}) {
	const seen = useRef(0);
	return (
		<ProposalSheet
			title={
				<>
					Promote {plural(names.length, 'parameter')} from <EnvBadge name={from} /> to <EnvBadge name={to} />
				</>
			}
			environment={to}
			plan={() => {
				seen.current = findEnvironment(from)?.version ?? 0;
				return planPromotion(to, { from, names });
			}}
			submit={(base, reason, as) => promote(to, { from, names, from_version: seen.current }, base, reason, as)}
			onClose={onClose}
		/>
	);
}
