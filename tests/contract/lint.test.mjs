// Goal: static/openapi.yaml is a document that any tool for OpenAPI 3.1 can read, without a warning.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lint, loadConfig } from '@redocly/openapi-core';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

const said = ({ ruleId, message, location: [place] }) => `${place.pointer ?? `line ${place.start?.line}`}: ${message} (${ruleId})`;

test('the document keeps every rule of redocly.yaml, without a warning', async () => {
	const config = await loadConfig({ configPath: path('redocly.yaml') });
	const problems = await lint({ ref: path('../../static/openapi.yaml'), config });
	assert.deepEqual(problems.map(said), []);
});
