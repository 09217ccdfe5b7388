import { useEffect, useMemo } from 'preact/hooks';
import { query } from '../app/router';
import { resource } from '../data/resource';
import { compareRuns } from '../data/runs';
import { Differences } from '../runs/Differences';
import { RunPicker } from '../runs/RunPicker';
import { RunSide } from '../runs/RunSide';
import { Loaded } from '../ui/Loaded';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';

/** Two runs side by side: only what differs between what they ran with. */
export function RunComparePage() {
	const a = query.value.get('a') ?? '';
	const b = query.value.get('b') ?? '';
	return (
		<>
			<PageHead title="Compare runs" sub="What differs between what they ran with" />
			<RunPicker a={a} b={b} />
			{a === '' || b === '' ? (
				<Placeholder title="Two runs are compared">
					<p>
						Write their ids above, or tick two of the <a href="/runs">runs</a>.
					</p>
				</Placeholder>
			) : (
				<Compared a={a} b={b} key={`${a} ${b}`} />
			)}
		</>
	);
}

function Compared({ a, b }: { a: string; b: string }) {
	const found = useMemo(() => resource(() => compareRuns(a, b)), [a, b]);
	useEffect(() => found.ensure(), [found]);
	return (
		<>
			<div class="two-sides">
				<RunSide id={a} />
				<RunSide id={b} />
			</div>
			<Loaded of={found} what="the difference">
				{({ values, catalog, factors, code_version }) => (
					<>
						<Differences title="Values" left={a} right={b} of={values} />
						<Differences title="Catalog" left={a} right={b} of={catalog} />
						<Differences title="Factors" left={a} right={b} of={factors} />
						<Differences title="Code" left={a} right={b} of={code_version} />
					</>
				)}
			</Loaded>
		</>
	);
}
