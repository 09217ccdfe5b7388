// The stylesheets of pages that the first visit does not need, fetched with their code.

export type StyleName = keyof typeof STYLE_URLS;

const asked = new Map<StyleName, Promise<void>>();

function fetched(name: StyleName): Promise<void> {
	const link = document.createElement('link');
	link.rel = 'stylesheet';
	link.href = STYLE_URLS[name];
	return new Promise((resolve, reject) => {
		link.onload = () => resolve();
		link.onerror = () => {
			link.remove();
			asked.delete(name);
			reject(new Error(`the stylesheet ${name} could not be fetched`));
		};
		// What narrow screens and the system's colours ask for comes after all else.
		document.getElementById('modes')?.before(link);
	});
}

/** Resolves when the stylesheet is in force; asked for again, it is the same one. */
export function style(name: StyleName): Promise<void> {
	const found = asked.get(name) ?? fetched(name);
	asked.set(name, found);
	return found;
}
