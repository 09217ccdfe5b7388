import { useEffect, useMemo } from 'preact/hooks';
import { go, withQuery } from '../app/router';
import { runList } from '../data/runs';
import { FilterField } from '../ui/FilterField';

/** Which two; the newest runs are offered as one writes. */
export function RunPicker({ a, b }: { a: string; b: string }) {
	const newest = useMemo(() => runList({}), []);
	useEffect(() => newest.ensure(), [newest]);
	const ids = newest.value.value?.map(({ run_id }) => run_id) ?? [];
	return (
		<div class="filters" role="group" aria-label="Which two">
			<FilterField name="a" label="First" choices={ids} />
			<button type="button" onClick={() => go(withQuery({ a: b, b: a }), 'replace')}>
				Swap
			</button>
			<FilterField name="b" label="Second" choices={ids} />
		</div>
	);
}
