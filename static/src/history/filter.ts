// What the address of the history asks for. Days are days where one sits: from the first minute of one to the last
// of the other.
import type { HistoryFilter } from '../data/history';

export const members = ['environment', 'name', 'changed_by', 'since', 'until'] as const;

function startOfDay(text: string | null, days: number): string | null {
	const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '');
	if (!found) return null;
	const [, year, month, day] = found.map(Number);
	return new Date(year ?? 0, (month ?? 1) - 1, (day ?? 1) + days).toISOString();
}

export function filterOf(params: URLSearchParams): HistoryFilter {
	const since = startOfDay(params.get('since'), 0);
	const until = startOfDay(params.get('until'), 1);
	const environment = params.get('environment');
	const name = params.get('name');
	const by = params.get('changed_by');
	return {
		...(environment ? { environment } : {}),
		...(name ? { name } : {}),
		...(by ? { changed_by: by } : {}),
		...(since ? { since } : {}),
		...(until ? { until } : {}),
	};
}
