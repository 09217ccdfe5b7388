import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { parameterSets } from '../data/runs';
import type { ParameterSet } from '../data/types';
import { plural } from '../text/words';
import { Loaded } from '../ui/Loaded';
import { Members } from './Members';
import { Proof } from './Proof';

/** What a run ran with: values, factors and code, found by words; and the proof that it is what the hash says. */
export function SetView({ hash }: { hash: string }) {
	const set = parameterSets.of(hash);
	useEffect(() => set.ensure(), [set]);
	return <Loaded of={set} what="the parameter set">{(found) => <Parts of={found} />}</Loaded>;
}

function Parts({ of }: { of: ParameterSet }) {
	const text = useSignal('');
	const count = Object.keys(of.base_env).length;
	return (
		<>
			<Proof canonical={of.canonical} hash={of.hash} />
			<label class="find wide">
				<input
					type="search"
					placeholder={`Filter ${plural(count, 'value')}`}
					aria-label="Filter the values of the set"
					value={text.value}
					onInput={(event) => (text.value = event.currentTarget.value)}
				/>
			</label>
			<Members title="Factors" of={of.factors} filter={text.value} />
			<Members title="Code" of={of.code_version} filter={text.value} />
			<Members title="Values" of={of.base_env} filter={text.value} />
		</>
	);
}
