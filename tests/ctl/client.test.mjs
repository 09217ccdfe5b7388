// cvnctl on the wire: what it sends, and what it makes of answers that no API gives.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, test } from 'node:test';
import { start } from './cvnctl.mjs';

const servers = [];
after(() => servers.forEach((server) => server.close()));

// A server that keeps what it was asked; `answer(request, response)` answers.
async function listen(answer) {
	const asked = [];
	const server = http.createServer((request, response) => {
		let body = '';
		request.on('data', (part) => (body += part));
		request.on('end', () => {
			asked.push({ method: request.method, url: request.url, headers: request.headers, body });
			answer(request, response);
		});
	});
	servers.push(server);
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

function json(response, body, status = 200) {
	response.writeHead(status, { 'Content-Type': 'application/json' });
	response.end(JSON.stringify(body));
}

test('a token is sent as Bearer, and an address may end with a slash', async () => {
	const { asked, url } = await listen((_, response) => json(response, { workers: [] }));
	const { exit } = await start(['worker', 'list'], { CVN_URL: `${url}//`, CVN_TOKEN: 'abc' }).done;
	assert.equal(exit, 0);
	assert.equal(asked[0].url, '/api/workers');
	assert.equal(asked[0].headers.authorization, 'Bearer abc');
});

test('a password is read from standard input, up to the end of its line', async () => {
	const { asked, url } = await listen((_, response) => json(response, { workers: [] }));
	const words = ['worker', 'list', '--login', 'me', '--password-file', '-', '--url', url];
	assert.equal((await start(words, {}, 'pass word:1\nrest\n').done).exit, 0);
	assert.equal(asked[0].headers.authorization, `Basic ${Buffer.from('me:pass word:1').toString('base64')}`);
});

test('a password that cannot be read is a wrong command line: nothing is sent', async () => {
	const { asked, url } = await listen((_, response) => json(response, {}));
	const { exit, said } = await start(['worker', 'list'], { CVN_URL: url, CVN_LOGIN: 'me', CVN_PASSWORD_FILE: '/no/such' }).done;
	assert.equal(exit, 2);
	assert.match(said, /no password to read/);
	assert.deepEqual(asked, []);
});

test('a save whose answer is lost is sent once, and names the id that the history knows', async () => {
	const { asked, url } = await listen((request, response) => {
		if (request.method === 'GET') json(response, { version: 12, values: {} });
		else request.socket.destroy();
	});
	const { exit, said } = await start(['config', 'set', 'dev', 'A=1', '--reason', 'r'], { CVN_URL: url }).done;
	const writes = asked.filter(({ method }) => method === 'POST');
	assert.equal(exit, 3);
	assert.equal(writes.length, 1);
	assert.equal(writes[0].headers['if-match'], '"12"');
	assert.equal(writes[0].headers['content-type'], 'application/json');
	assert.deepEqual(JSON.parse(writes[0].body), { changes: { A: '1' }, reason: 'r' });
	assert.ok(said.includes(`request ${writes[0].headers['x-request-id']} `), said);
});

test('a redirect is not followed, so that credentials stay where they were sent', async () => {
	const other = await listen((_, response) => json(response, { workers: [] }));
	const { url } = await listen((_, response) => {
		response.writeHead(302, { Location: `${other.url}/api/workers` });
		response.end();
	});
	assert.equal((await start(['worker', 'list'], { CVN_URL: url, CVN_TOKEN: 'abc' }).done).exit, 1);
	assert.deepEqual(other.asked, []);
});

test('a request that is refused for a while says until when', async () => {
	const { url } = await listen((_, response) => {
		response.setHeader('Retry-After', '7');
		json(response, { title: 'too many failed attempts', code: 'too_many_requests' }, 429);
	});
	const { exit, said } = await start(['worker', 'list'], { CVN_URL: url }).done;
	assert.equal(exit, 1);
	assert.match(said, /not before 7 s from now/);
});
