import { useEffect, useMemo } from 'preact/hooks';
import { go, withQuery } from '../app/router';
import { historyEntry } from '../data/history';
import { resource } from '../data/resource';
import type { HistoryEntry } from '../data/types';
import { Loaded } from '../ui/Loaded';
import { Placeholder } from '../ui/Placeholder';
import { Sheet } from '../ui/Sheet';
import { EntrySheet } from './EntrySheet';

/** The entry that the address names: from the list where it is shown, else asked for. */
export function Entry({ id, at, listed }: { id: number; at: string; listed: HistoryEntry | undefined }) {
	const found = useMemo(() => resource(async () => ({ entry: await historyEntry(id, at) })), [id, at]);
	useEffect(() => {
		if (!listed) found.ensure();
	}, [found, listed]);
	const known = listed ?? found.value.value?.entry;
	if (known) return <EntrySheet entry={known} />;
	const close = () => go(withQuery({ entry: '', at: '', restore: '' }), 'replace');
	return (
		<Sheet titleId="no-entry" size="small" onClose={close}>
			<header>
				<h2 id="no-entry">Entry {id}</h2>
			</header>
			<section>
				<Loaded of={found} what="the entry">
					{() => <Placeholder title="There is no such entry, or none that you may read" />}
				</Loaded>
			</section>
			<footer>
				<span class="grow" />
				<button type="button" onClick={close}>
					Close
				</button>
			</footer>
		</Sheet>
	);
}
