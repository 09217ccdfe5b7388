import { useEffect, useMemo } from 'preact/hooks';
import { api, unwrap } from '../data/api';
import { resource } from '../data/resource';
import { useFresh } from '../data/useFresh';
import type { DefinitionChange } from '../data/types';
import { Ago } from '../ui/Ago';
import { Loaded } from '../ui/Loaded';

const actions = { create: 'created', update: 'changed', delete: 'deleted' } as const;
const shown = (value: unknown): string =>
	value === null || value === undefined || value === ''
		? 'none'
		: typeof value === 'string'
			? value
			: JSON.stringify(value);

/** What a definition was before, newest first; of each writing only what it changed. */
export function DefinitionHistory({ name }: { name: string }) {
	const found = useMemo(
		() =>
			resource(
				async () =>
					(await unwrap(api.GET('/catalog/{name}/history', { params: { path: { name } } }))).entries,
			),
		[name],
	);
	useEffect(() => found.ensure(), [found]);
	useFresh(found, 'catalog_changed');
	return (
		<Loaded of={found} what="the history of the definition">
			{(entries) => (
				<ol class="events">
					{entries.map((entry) => (
						<li key={entry.id}>
							<span class="event-mark" />
							<b>{actions[entry.action]}</b> by {entry.changed_by} · <Ago at={entry.changed_at} /> ·{' '}
							<span class="dim">catalog v{entry.catalog_version}</span>
							<p>{entry.reason}</p>
							<Changed entry={entry} />
						</li>
					))}
				</ol>
			)}
		</Loaded>
	);
}

function Changed({ entry: { old, new: fresh } }: { entry: DefinitionChange }) {
	if (!old || !fresh) return null;
	const before: Readonly<Record<string, unknown>> = old;
	const after: Readonly<Record<string, unknown>> = fresh;
	const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
		(key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
	);
	return (
		<ul class="diff-list">
			{keys.map((key) => (
				<li key={key}>
					{key}{' '}
					<span class="num">
						<del>{shown(before[key])}</del> <span aria-hidden="true">→</span>
						<span class="visually-hidden"> to </span> <ins>{shown(after[key])}</ins>
					</span>
				</li>
			))}
		</ul>
	);
}
