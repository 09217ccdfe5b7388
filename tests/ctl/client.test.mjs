// cvnctl on the wire: what it sends, and what it makes of answers that no API gives.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cvnctl, start } from './cvnctl.mjs';

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

test('a token is read from a file, up to the end of its line', async () => {
	const { asked, url } = await listen((_, response) => json(response, { workers: [] }));
	const words = ['worker', 'list', '--token-file', '-', '--url', url];
	assert.equal((await start(words, { CVN_TOKEN: 'other' }, 'abc\r\nrest\n').done).exit, 0);
	assert.equal(asked[0].headers.authorization, 'Bearer abc');
});

test('a write without a body is sent once as well', async () => {
	const { asked, url } = await listen((request) => request.socket.destroy());
	const { exit, said } = await start(['environment', 'unlock', 'dev'], { CVN_URL: url }).done;
	assert.equal(exit, 3);
	assert.deepEqual(asked.map(({ method }) => method), ['DELETE']);
	assert.match(said, /next: the same command again is safe/);
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
	assert.match(said, /a file cannot be opened\n {2}No such file or directory\n {2}where: \/no\/such\n/);
	assert.deepEqual(asked, []);
});

test('a save whose answer is lost is sent once, and names the id that the history knows', async () => {
	const { asked, url } = await listen((request) => request.socket.destroy());
	const { exit, said } = await start(['config', 'set', 'dev', 'A=1', '--reason', 'r', '--if-version', '12'], { CVN_URL: url }).done;
	assert.equal(exit, 3);
	assert.equal(asked.length, 1);
	const [{ method, headers, body }] = asked;
	assert.equal(method, 'POST');
	assert.equal(headers['if-match'], '"12"');
	assert.equal(headers['content-type'], 'application/json');
	assert.deepEqual(JSON.parse(body), { changes: { A: '1' }, reason: 'r' });
	assert.match(said, /not known whether this was written/);
	assert.ok(said.includes(`next: cvnctl history list --request-id ${headers['x-request-id']} `), said);
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

test('a proxy of the environment is not asked for this machine', async () => {
	const proxy = await listen((_, response) => json(response, {}));
	const { asked, url } = await listen((_, response) => json(response, { workers: [] }));
	const environment = { http_proxy: proxy.url, ALL_PROXY: proxy.url };
	for (const host of ['127.0.0.1', 'localhost']) {
		const { exit, said } = await start(['worker', 'list'], { CVN_URL: url.replace('127.0.0.1', host), ...environment }).done;
		assert.equal(exit, 0, said);
	}
	assert.equal(asked.length, 2);
	assert.deepEqual(proxy.asked, []);
});

test('what is exported goes to its file whole, or not at all', async (t) => {
	const place = mkdtempSync(join(tmpdir(), 'cvnctl-'));
	t.after(() => rmSync(place, { recursive: true }));
	const document = { environment: 'dev', version: 12, catalog_version: 3, values: { A: 'a/b', B: '2' } };
	const { url } = await listen((_, response) => json(response, document));
	const file = join(place, 'dev.json');
	const words = ['config', 'export', 'dev', '-o', file];
	const { exit, out, said } = await start(words, { CVN_URL: url }).done;
	assert.deepEqual([exit, out, said], [0, '', 'dev, version 12\n']);
	assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), document);
	assert.match(readFileSync(file, 'utf8'), /^ +"A": ?"a\/b",$/m); // a line for each value
	assert.deepEqual(readdirSync(place), ['dev.json']);

	const nowhere = await start(['config', 'export', 'dev', '-o', join(place, 'no', 'dev.json')], { CVN_URL: url }).done;
	assert.equal(nowhere.exit, 1);
	assert.match(nowhere.said, /the file cannot be written\n {2}No such file or directory\n/);
});

test('bash completes nouns, verbs, options and files', async () => {
	const script = (await start(['completion', 'bash']).done).out;
	const complete = (...words) => {
		const call = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _cvnctl cvnctl '${words.at(-1)}'`;
		const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script}\n${call}; printf '%s\\n' "\${COMPREPLY[@]}"`], { encoding: 'utf8' });
		assert.equal(stderr, '');
		return stdout.split('\n').filter((word) => word !== '');
	};
	assert.deepEqual(complete('cvnctl', 'c'), ['config', 'change', 'catalog', 'completion']);
	assert.deepEqual(complete('cvnctl', 'config', 'co'), ['compare']);
	assert.deepEqual(complete('cvnctl', 'change', 'approve', '42', '--ha'), ['--hash']);
	assert.deepEqual(complete('cvnctl', 'change', 'reject', '42', '--ha'), []);
	assert.deepEqual(complete('cvnctl', 'watch', '--co'), ['--count']);
	assert.deepEqual(complete('cvnctl', 'worker', 'list', '--js'), ['--json']);
	assert.deepEqual(complete('cvnctl', 'config', 'diff', 'dev', 'fi'), []); // bash's own: files
});

test('an output that is full is no success', () => {
	const { status, stderr } = spawnSync('bash', ['-c', '"$0" completion bash > /dev/full', cvnctl], { encoding: 'utf8' });
	assert.equal(status, 1);
	assert.match(stderr, /^cvnctl: the output could not be written\n {2}No space left on device\n {2}where: standard output\n/);
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
