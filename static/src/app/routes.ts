// Every page of the console: its address, its name, how the bar leads there, and the component that shows it.
// A new page is a row here. What the first visit does not need is fetched when it is asked for.
import type { FunctionComponent } from 'preact';
import { changeSets, decisionCount } from '../data/changes';
import { ConfigPage } from '../pages/ConfigPage';
import { EnvironmentsPage } from '../pages/EnvironmentsPage';
import { lazy } from './lazy';
import { match, type Params } from './pattern';
import { query } from './router';

export type Area = 'environments' | 'config' | 'changes' | 'history' | 'runs' | 'dashboard' | 'compare' | 'admin';
export interface Route {
	pattern: string;
	area: Area;
	title: string;
	page: FunctionComponent<{ params: Params }>;
	/** What the bar calls it, in the order of the rows; `:env` of the pattern is the environment one works in. */
	nav?: string;
	/** How many things wait there; "0" is not shown. */
	count?: () => string | null;
	/** The environment it is about where the pattern names none; null: all of them, undefined: not known yet. */
	about?: (params: Params) => string | null | undefined;
}

/** What a list in its address is narrowed to. */
export const narrowed = (): string | null => query.value.get('environment') || null;

function ofChange({ id = '' }: Params): string | null | undefined {
	const { value, problem } = changeSets.of(id);
	return value.value?.environment ?? (problem.value ? null : undefined);
}

const ChangesPage = lazy(async () => (await import('../pages/changes')).ChangesPage, 'changes');
const ChangePage = lazy(async () => (await import('../pages/changes')).ChangePage, 'changes');
const DashboardPage = lazy(async () => (await import('../pages/DashboardPage')).DashboardPage, 'dashboard');
const HistoryPage = lazy(async () => (await import('../pages/records')).HistoryPage, 'records');
const RunsPage = lazy(async () => (await import('../pages/records')).RunsPage, 'records');
const RunComparePage = lazy(async () => (await import('../pages/records')).RunComparePage, 'records');
const ComparePage = lazy(async () => (await import('../pages/records')).ComparePage, 'records');
const CatalogPage = lazy(async () => (await import('../pages/admin')).CatalogPage, 'admin');
const VariablePage = lazy(async () => (await import('../pages/admin')).VariablePage, 'admin');
const RulesPage = lazy(async () => (await import('../pages/admin')).RulesPage, 'admin');
const OperatorsPage = lazy(async () => (await import('../pages/admin')).OperatorsPage, 'admin');
const FreezePage = lazy(async () => (await import('../pages/admin')).FreezePage, 'admin');
const AdminEnvironmentsPage = lazy(
	async () => (await import('../pages/admin')).AdminEnvironmentsPage,
	'admin',
);

export const routes: readonly Route[] = [
	{ pattern: '/', area: 'environments', title: 'Environments', page: EnvironmentsPage, nav: 'Environments' },
	{ pattern: '/config/:env', area: 'config', title: 'Parameters', page: ConfigPage, nav: 'Parameters' },
	{ pattern: '/config/:env/:name', area: 'config', title: 'Parameters', page: ConfigPage },
	{
		pattern: '/changes',
		area: 'changes',
		title: 'Changes',
		page: ChangesPage,
		nav: 'Changes',
		count: () => decisionCount.value,
		about: narrowed,
	},
	{ pattern: '/changes/:id', area: 'changes', title: 'Change', page: ChangePage, about: ofChange },
	{ pattern: '/history', area: 'history', title: 'History', page: HistoryPage, nav: 'History', about: narrowed },
	{ pattern: '/runs', area: 'runs', title: 'Runs', page: RunsPage, nav: 'Runs', about: narrowed },
	{ pattern: '/runs/compare', area: 'runs', title: 'Compare runs', page: RunComparePage },
	{ pattern: '/compare', area: 'compare', title: 'Compare environments', page: ComparePage, nav: 'Compare' },
	{ pattern: '/dashboard', area: 'dashboard', title: 'Workers', page: DashboardPage, nav: 'Workers', about: narrowed },
	{ pattern: '/admin/catalog', area: 'admin', title: 'Catalog', page: CatalogPage, nav: 'Admin' },
	{ pattern: '/admin/catalog/:name', area: 'admin', title: 'Catalog', page: VariablePage },
	{ pattern: '/admin/rules', area: 'admin', title: 'Rules', page: RulesPage },
	{ pattern: '/admin/operators', area: 'admin', title: 'Operators', page: OperatorsPage },
	{ pattern: '/admin/freeze', area: 'admin', title: 'Freeze windows', page: FreezePage },
	{ pattern: '/admin/environments', area: 'admin', title: 'Environments', page: AdminEnvironmentsPage },
];

export interface Found {
	route: Route;
	params: Params;
}

export function find(pathname: string): Found | null {
	for (const route of routes) {
		const params = match(route.pattern, pathname);
		if (params) return { route, params };
	}
	return null;
}
