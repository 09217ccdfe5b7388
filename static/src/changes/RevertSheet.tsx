import { useEffect, useMemo } from 'preact/hooks';
import { entryOf } from '../data/history';
import { resource } from '../data/resource';
import type { Change } from '../data/types';
import { RestoreSheet } from '../history/RestoreSheet';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { Sheet } from '../ui/Sheet';

/** Takes back what an applied change set: a new change, with its plan and a reason, and the approval that it needs. */
export function RevertSheet({ change, onClose }: { change: Change; onClose: () => void }) {
	const found = useMemo(() => resource(async () => ({ entry: await entryOf(change.id) })), [change.id]);
	useEffect(() => found.ensure(), [found]);
	const entry = found.value.value?.entry;
	if (entry) return <RestoreSheet entry={entry} to="before" onClose={onClose} />;
	return (
		<Sheet titleId="revert-title" size="small" onClose={onClose}>
			<header>
				<h2 id="revert-title">Revert change #{change.id}</h2>
			</header>
			<section>
				<Loaded of={found} what="its entry in the history">
					{() => <Placeholder title="The history has no entry of it that you may read" />}
				</Loaded>
			</section>
			<footer>
				<span class="grow" />
				<button type="button" onClick={onClose}>
					Close
				</button>
			</footer>
		</Sheet>
	);
}
