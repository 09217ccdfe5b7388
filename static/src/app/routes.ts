// Every page of the console: its address, its name, and the component that shows it. A new page is a row here.
import type { FunctionComponent } from 'preact';
import { ConfigPage } from '../pages/ConfigPage';
import { DashboardPage } from '../pages/DashboardPage';
import { EnvironmentsPage } from '../pages/EnvironmentsPage';
import { match, type Params } from './pattern';

export type Area = 'environments' | 'config' | 'dashboard';
export interface Route {
	pattern: string;
	area: Area;
	title: string;
	page: FunctionComponent<{ params: Params }>;
}

const routes: readonly Route[] = [
	{ pattern: '/', area: 'environments', title: 'Environments', page: EnvironmentsPage },
	{ pattern: '/config/:env', area: 'config', title: 'Parameters', page: ConfigPage },
	{ pattern: '/config/:env/:name', area: 'config', title: 'Parameters', page: ConfigPage },
	{ pattern: '/dashboard', area: 'dashboard', title: 'Workers', page: DashboardPage },
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
