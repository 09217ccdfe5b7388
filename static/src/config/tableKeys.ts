// What keys do in the table while a row has the focus and nothing is being typed.
import { isShortcut } from '../app/shortcuts';

/** What they are done to; a name is a parameter's. */
export interface Acts {
	toggle(name: string): void;
	extend(name: string): void;
	all(): void;
	/** All of these, or, when all of them are picked, none of them. */
	flip(names: readonly string[]): void;
	/** Whether there was anything to clear. */
	clear(): boolean;
	detail(name: string, open?: boolean): void;
	copy(name: string): void;
	copyRow(name: string): void;
}

/** Controls that a row is walked by: up and down go to the same one of the next row. */
const controls = ['.value-button', '.row-pick', '.disclose'];
const rows = 'tr[data-name]';

const nameOf = (row: Element): string => row.getAttribute('data-name') ?? '';

/** The control that matches in the row before or after, and that row. */
function beside(row: Element, control: string, step: 1 | -1) {
	const all = [...(row.closest('table')?.querySelectorAll(rows) ?? [])];
	const next = all[all.indexOf(row) + step];
	// The value of that row may be in the middle of being edited.
	return next && { row: next, control: next.querySelector<HTMLElement>(control) ?? next.querySelector<HTMLElement>('.row-pick') };
}

interface Press {
	event: KeyboardEvent;
	row: Element;
	control: string;
	acts: Acts;
}

function move({ event, row, control, acts }: Press, step: 1 | -1): void {
	const next = beside(row, control, step);
	if (!next) return;
	next.control?.focus();
	if (!event.shiftKey) return;
	acts.extend(nameOf(row));
	acts.extend(nameOf(next.row));
}

const isCommand = (event: KeyboardEvent, key: string) =>
	(event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === key;
const isBare = (event: KeyboardEvent, key: string) =>
	event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey;
const nothingMarked = () => document.getSelection()?.isCollapsed !== false;

/** The first row that takes the key acts; false: it is not ours after all. */
const bindings: readonly [takes: (event: KeyboardEvent) => boolean, act: (press: Press) => boolean | void][] = [
	[(event) => isBare(event, 'ArrowDown') || isShortcut(event, 'j'), (press) => move(press, 1)],
	[(event) => isBare(event, 'ArrowUp') || isShortcut(event, 'k'), (press) => move(press, -1)],
	[(event) => isBare(event, 'ArrowRight'), ({ row, acts }) => acts.detail(nameOf(row), true)],
	[(event) => isBare(event, 'ArrowLeft'), ({ row, acts }) => acts.detail(nameOf(row), false)],
	[(event) => isShortcut(event, 'i'), ({ row, acts }) => acts.detail(nameOf(row))],
	[(event) => isShortcut(event, 'x'), ({ row, acts }) => acts.toggle(nameOf(row))],
	[(event) => isShortcut(event, 'X'), ({ row, acts }) => acts.extend(nameOf(row))],
	[
		(event) => isBare(event, ' ') && event.shiftKey,
		({ row, control, acts }) => {
			if (control === '.row-pick') acts.extend(nameOf(row));
			else acts.toggle(nameOf(row));
		},
	],
	[(event) => isCommand(event, 'a'), ({ acts }) => acts.all()],
	[(event) => isBare(event, 'Escape'), ({ acts }) => acts.clear()],
	[
		(event) => isShortcut(event, 'c') || (isCommand(event, 'c') && nothingMarked()),
		({ row, acts }) => acts.copy(nameOf(row)),
	],
	[(event) => isShortcut(event, 'C'), ({ row, acts }) => acts.copyRow(nameOf(row))],
];

/** A handler for the table. */
export const tableKeys = (acts: Acts) => (event: KeyboardEvent) => {
	const target = event.target instanceof Element ? event.target : null;
	const row = target?.closest(rows);
	const control = controls.find((selector) => target?.matches(selector));
	if (!row || !control) return;
	const act = bindings.find(([takes]) => takes(event))?.[1];
	if (act && act({ event, row, control, acts }) !== false) event.preventDefault();
};
