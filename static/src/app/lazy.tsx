import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FunctionComponent } from 'preact';
import { Loading } from '../ui/Loading';
import { Note } from '../ui/Note';
import { style, type StyleName } from './style';

/** A component whose code and stylesheets are fetched when it is first shown, so that the first visit does not pay. */
export function lazy<Props extends object>(
	load: () => Promise<FunctionComponent<Props>>,
	...styles: StyleName[]
): FunctionComponent<Props> {
	const loaded = signal<FunctionComponent<Props> | null>(null);
	const failed = signal(false);
	async function start(): Promise<void> {
		failed.value = false;
		try {
			const [found] = await Promise.all([load(), ...styles.map(style)]);
			loaded.value = found;
		} catch {
			failed.value = true;
		}
	}
	return function Lazy(props: Props) {
		useEffect(() => {
			if (loaded.peek() === null) void start();
		}, []);
		const Loaded = loaded.value;
		if (Loaded) return <Loaded {...props} />;
		if (failed.value) return <Missing />;
		return <Loading what="this page" />;
	};
}

/** Either nothing answers, or this tab is older than the console that is served now. */
const Missing = () => (
	<Note tone="bad">
		<strong>This part of the console could not be fetched.</strong> The connection is lost, or the console
		was updated since it was opened here. What is staged stays.
		<p>
			<button type="button" onClick={() => location.reload()}>
				Reload
			</button>
		</p>
	</Note>
);
