// System, Light or Dark; kept for this browser and applied in all its tabs. theme.ts at the root paints it first.
import { signal } from '@preact/signals';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'cvn-theme';
const read = (): Theme => themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';

export const theme = signal<Theme>(read());

theme.subscribe((chosen) => {
	if (chosen === 'system') delete document.documentElement.dataset['theme'];
	else document.documentElement.dataset['theme'] = chosen;
});

export function chooseTheme(chosen: Theme): void {
	localStorage.setItem(key, chosen);
	theme.value = chosen;
}

addEventListener('storage', (event) => {
	if (event.key === key) theme.value = read();
});
