// The list of keys is shown by whoever has it on the page; anybody may ask for it.
import { signal } from '@preact/signals';

/** Counts the times that it was asked for. */
export const helpAsked = signal(0);
export const showHelp = (): void => {
	helpAsked.value += 1;
};
