// The clipboard: what was copied is said aloud and shown for a moment; what could not be is said as well.
import { signal } from '@preact/signals';
import { announce } from '../app/announce';

export interface CopyNotice {
	text: string;
	ok: boolean;
}

/** What is shown of the last copy, while it is. */
export const copyNotice = signal<CopyNotice | null>(null);
const shownFor = 2500;
let over: ReturnType<typeof setTimeout> | undefined;

function say(notice: CopyNotice): void {
	copyNotice.value = notice;
	announce(notice.text);
	clearTimeout(over);
	over = setTimeout(() => (copyNotice.value = null), shownFor);
}

/** `what` begins the sentence: "CVN_COOLDOWN: 90s". */
export async function copy(text: string, what: string): Promise<boolean> {
	try {
		// Not there where the page came over plain HTTP from another machine.
		await navigator.clipboard.writeText(text);
		say({ text: `Copied ${what}`, ok: true });
		return true;
	} catch {
		say({ text: 'Not copied: the browser keeps its clipboard from this page', ok: false });
		return false;
	}
}
