import { render } from 'preact';
import { App } from './app/App';
import { startCore } from './data/core';
import { keepFresh } from './data/freshness';
import { resumeSession } from './data/session';
import { anythingStaged } from './data/staging';

const root = document.getElementById('app');
if (!root) throw new Error('index.html has no #app');

void startCore();
void resumeSession();
keepFresh();
addEventListener('beforeunload', (event) => {
	if (anythingStaged()) event.preventDefault();
});
render(<App />, root);
