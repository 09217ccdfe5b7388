// The dashboards as they are provisioned, and their queries.
import { list, text } from './files.mjs';

const FOLDER = 'deploy/grafana/dashboards';

export const dashboards = list(FOLDER, '.json').map((name) => JSON.parse(text(`${FOLDER}/${name}`)));

// The queries of a dashboard to one kind of data source: [{ panel, target }].
export const targets = (dashboard, type) => dashboard.panels
	.flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, target })))
	.filter(({ target }) => target.datasource.type === type);
