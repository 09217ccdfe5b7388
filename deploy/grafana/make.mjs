// Writes dashboards/*.json: node deploy/grafana/make.mjs. A dashboard is a table of panels beside this file; where each stands
// follows from its size. A test compares the files with what this would write.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { audit } from './audit.mjs';
import { overview } from './overview.mjs';
import { workers } from './workers.mjs';

const TAGS = ['cvn-config'];
const COLUMNS = 24;

// Panels from left to right, and below where there is no room any more.
function place(panels) {
	let x = 0, y = 0, tallest = 0;
	return panels.map(({ w, h, ...panel }) => {
		if (x + w > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
		const gridPos = { x, y, w, h };
		x += w;
		tallest = Math.max(tallest, h);
		return { ...panel, gridPos };
	});
}

function panel({ targets, ...one }, i) {
	const id = i + 1;
	if (one.type === 'row') return { id, ...one, collapsed: false, panels: [] };
	const lettered = targets.map((target, k) => ({ refId: String.fromCharCode(65 + k), ...target }));
	return { id, fieldConfig: { defaults: {}, overrides: [] }, ...one, datasource: targets[0].datasource, targets: lettered };
}

const annotations = {
	list: [{
		builtIn: 1, datasource: { type: 'grafana', uid: '-- Grafana --' }, enable: true, hide: true, iconColor: 'rgba(0, 211, 255, 1)',
		name: 'Annotations & Alerts', type: 'dashboard',
	}],
};

const links = [{
	type: 'dashboards', title: 'Configuration platform', tags: TAGS, asDropdown: true, includeVars: true, keepTime: true,
	icon: 'external link', targetBlank: false, tooltip: '', url: '',
}];

const model = ({ uid, title, variables, panels }) => ({
	uid, title, tags: TAGS, id: null, version: 1, schemaVersion: 39, editable: false,
	time: { from: 'now-6h', to: 'now' }, timepicker: {}, timezone: 'browser', refresh: '30s',
	fiscalYearStartMonth: 0, graphTooltip: 1, liveNow: false, weekStart: '',
	annotations, links, templating: { list: variables }, panels: place(panels).map(panel),
});

export const dashboards = [overview, workers, audit];
export const written = (dashboard) => `${JSON.stringify(model(dashboard), null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url))
	for (const one of dashboards) writeFileSync(new URL(`dashboards/${one.uid}.json`, import.meta.url), written(one));
