// One polite voice for the whole console: results, counts, the link. Throttled, so that it never talks over itself.
import { signal } from '@preact/signals';

export const announcement = signal('');
let waiting: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
	clearTimeout(waiting);
	waiting = setTimeout(() => {
		announcement.value = text;
	}, 150);
}
