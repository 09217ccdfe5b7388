// The files of deploy/, read as what they are.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const path = (name) => join(ROOT, name);
export const exists = (name) => existsSync(path(name));
export const text = (name) => readFileSync(path(name), 'utf8');
export const yaml = (name) => parse(text(name), { strict: true, uniqueKeys: true });
export const list = (folder, end) => readdirSync(path(folder)).filter((name) => name.endsWith(end)).sort();

const rules = (name) => yaml(name).groups.flatMap((group) => group.rules);
export const alerts = rules('deploy/prometheus/alerts.yml');
export const recorded = rules('deploy/prometheus/recording.yml');

// The metrics that the notifier writes, from its table, and the series of each: a histogram has three.
export function metrics() {
	const rows = [...text('fcgi/notifier/metrics.c').matchAll(/\{"(cvn_[a-z_]+)",\s*"(counter|gauge|histogram)"/g)];
	if (rows.length === 0) throw new Error('no table of metrics in fcgi/notifier/metrics.c');
	return rows.flatMap(([, name, type]) => (type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]));
}

// The names of series in an expression of PromQL: what is neither a label, nor a text, nor a function, nor a word of the language.
export function series(expression) {
	const bare = expression.replace(/"[^"]*"|'[^']*'/g, '').replace(/\{[^}]*\}/g, '').replace(/\[[^\]]*\]/g, '')
		.replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '').replace(/\boffset\s+\S+/g, '');
	const words = [...bare.matchAll(/[A-Za-z_:][A-Za-z0-9_:]*(?!\w|\s*\()/g)].map(([word]) => word);
	return [...new Set(words)].filter((word) => !/^(and|or|unless|bool|offset|e|inf|nan)$/i.test(word));
}
