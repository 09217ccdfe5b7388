// Where one can go from anywhere, and what one can do: what the palette finds.
import { fill } from '../app/pattern';
import { address } from '../app/pattern';
import { currentEnvironment } from '../app/current';
import { routes } from '../app/routes';
import { go } from '../app/router';
import { showHelp } from '../app/help';
import { chooseTheme, themes } from '../app/theme';
import { catalog, environments } from '../data/stores';

export interface Item {
	id: string;
	kind: 'Page' | 'Environment' | 'Parameter' | 'Action';
	label: string;
	/** Said beside it, and searched as well. */
	note: string;
	act: () => void;
}

const pages = (): Item[] => {
	const env = currentEnvironment.value;
	return routes.flatMap(({ pattern, title }) => {
		const href = fill(pattern, env === null ? {} : { env });
		if (href === null) return [];
		const note = pattern.includes(':env') ? (env ?? '') : pattern.startsWith('/admin') ? 'Admin' : '';
		return [{ id: `page ${pattern}`, kind: 'Page' as const, label: title, note, act: () => go(href) }];
	});
};

const places = (): Item[] =>
	(environments.value.value ?? []).map(({ environment, version }) => ({
		id: `environment ${environment}`,
		kind: 'Environment',
		label: environment,
		note: `v${version}`,
		act: () => go(address('config', environment)),
	}));

const parameters = (): Item[] => {
	const env = currentEnvironment.value;
	if (env === null) return [];
	return (catalog.value.value?.variables ?? []).map(({ name, description }) => ({
		id: `parameter ${name}`,
		kind: 'Parameter',
		label: name,
		note: description,
		act: () => go(address('config', env, name)),
	}));
};

const actions = (): Item[] => [
	{ id: 'help', kind: 'Action', label: 'Keyboard shortcuts', note: '?', act: showHelp },
	...themes.map((theme) => ({
		id: `theme ${theme}`,
		kind: 'Action' as const,
		label: `Theme: ${theme}`,
		note: '',
		act: () => chooseTheme(theme),
	})),
];

const most = 40;

/** How well a label answers the words; 0: not at all. What begins with them comes first, then what is short. */
function score({ label, note }: Item, words: readonly string[]): number {
	const name = label.toLowerCase();
	const hay = `${name} ${note.toLowerCase()}`;
	if (!words.every((word) => hay.includes(word))) return 0;
	const first = words[0] ?? '';
	const place = name.startsWith(first) ? 3 : name.includes(first) ? 2 : 1;
	return place + 1 / (1 + name.length);
}

export function search(text: string): Item[] {
	const words = text.toLowerCase().split(/\s+/).filter(Boolean);
	const all = [...pages(), ...places(), ...actions(), ...(words.length > 0 ? parameters() : [])];
	if (words.length === 0) return all;
	return all
		.map((item) => ({ item, rank: score(item, words) }))
		.filter(({ rank }) => rank > 0)
		.sort((a, b) => b.rank - a.rank)
		.slice(0, most)
		.map(({ item }) => item);
}
