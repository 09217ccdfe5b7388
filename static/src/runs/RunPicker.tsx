import { useEffect, useMemo } from 'preact/hooks';
import { go, withQuery } from '../app/router';
import { runList } from '../data/runs';

/** Which two; the newest runs are offered as one writes. */
export function RunPicker({ a, b }: { a: string; b: string }) {
	const newest = useMemo(() => runList({}), []);
	useEffect(() => newest.ensure(), [newest]);
	const field = (name: 'a' | 'b', label: string, value: string) => (
		<label class="filter">
			<span class="visually-hidden">{label}</span>
			<input
				class="mono"
				list="newest-runs"
				value={value}
				placeholder={label}
				onChange={(event) => go(withQuery({ [name]: event.currentTarget.value.trim() }), 'replace')}
				spellcheck={false}
			/>
		</label>
	);
	return (
		<>
			{field('a', 'First run', a)}
			<button type="button" onClick={() => go(withQuery({ a: b, b: a }), 'replace')} disabled={a === '' && b === ''}>
				Swap
			</button>
			{field('b', 'Second run', b)}
			<datalist id="newest-runs">
				{newest.value.value?.map(({ run_id }) => <option key={run_id} value={run_id} />)}
			</datalist>
		</>
	);
}
