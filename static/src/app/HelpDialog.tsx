import { useEffect, useRef } from 'preact/hooks';
import { helpAsked, showHelp } from './help';
import { onKey, shortcutsOn } from './shortcuts';

const keys: readonly [keys: string[], what: string][] = [
	[['Ctrl K', '⌘ K'], 'go to a page, an environment, a parameter'],
	[['g'], 'then e, p, c, h, r, m, w or a: environments, parameters, changes, history, runs, compare, workers, admin'],
	[['/'], 'filter what is listed'],
	[['↑', '↓', 'j', 'k'], 'from value to value, from change to change; j also goes to the first'],
	[['Enter', 'F2', 'e'], 'edit the value; Enter again stages it'],
	[['x', 'Shift Space'], 'select the row; with X, or Shift and an arrow, all from the last one to here'],
	[['Ctrl A'], 'in the table: select all that are listed'],
	[['→', '←', 'i'], 'open and close the details of a parameter'],
	[['c', 'Ctrl C', 'C'], 'copy the value; C copies the row'],
	[['Esc'], 'leave the editor, the filter, the selection or the dialog'],
	[['r'], 'review what is staged'],
	[['?'], 'this list'],
];

export function HelpDialog() {
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		if (helpAsked.value > 0) dialog.current?.showModal();
	}, [helpAsked.value]);
	useEffect(() => onKey('?', showHelp), []);
	return (
		<dialog ref={dialog} class="sheet small" aria-labelledby="help-title">
			<header>
				<h2 id="help-title">Keyboard</h2>
			</header>
			<section>
				<dl class="keys">
					{keys.map(([names, what]) => (
						<div key={what}>
							<dt>
								{names.map((name) => (
									<kbd key={name}>{name}</kbd>
								))}
							</dt>
							<dd>{what}</dd>
						</div>
					))}
				</dl>
				{!shortcutsOn.value && (
					<p class="dim">Single-key shortcuts are switched off in the account menu.</p>
				)}
			</section>
			<footer>
				<span class="grow" />
				<form method="dialog">
					<button class="primary">Close</button>
				</form>
			</footer>
		</dialog>
	);
}
