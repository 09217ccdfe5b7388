// A host's nginx, from deploy/nginx and nginx/ as they are but for its ports, certificate and sockets: in front of a stack,
// or of responders that a test plays itself.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from '../lib/port.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
export const NAME = 'cvn.example.org';

// Replaces what must be there: a file that has changed is not tested by accident.
function edit(text, pairs) {
	for (const [from, to] of pairs) {
		if (!text.match(from)) throw new Error(`deploy/nginx: no ${from}`);
		text = text.replaceAll(from, to);
	}
	return text;
}

function certificate(folder) {
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${NAME}`,
		'-addext', `subjectAltName=DNS:${NAME}`, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
	return readFileSync(join(folder, 'cert.pem'));
}

// sockets: { api: [path, ...], notifier, web }, and with what is to be otherwise in the shared files, { 'name.conf': [[from, to], ...] }.
// { tls, plain, ca, folder, stop } once it listens; the caller must call stop().
export async function startGate({ api, notifier, web, otherwise = {} }) {
	const folder = mkdtempSync(join(tmpdir(), 'cvn-gate-'));
	chmodSync(folder, 0o755);
	const [tls, plain] = [await freePort(), await freePort()];
	for (const name of readdirSync(join(ROOT, 'nginx')).filter((file) => file.endsWith('.conf'))) copyFileSync(join(ROOT, 'nginx', name), join(folder, name));
	for (const [name, pairs] of Object.entries(otherwise)) writeFileSync(join(folder, name), edit(readFileSync(join(folder, name), 'utf8'), pairs));
	const ca = certificate(folder);
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
	writeFileSync(join(folder, 'nginx.conf'), edit(readFileSync(join(ROOT, 'deploy/nginx/nginx.conf'), 'utf8'), [
		[/^user .*$/gm, process.getuid() === 0 ? 'user root;' : ''], [/^pid .*$/gm, `pid ${folder}/pid; daemon off;`], [/^error_log .*$/gm, 'error_log stderr warn;'],
		[/^worker_processes .*$/gm, 'worker_processes 1;'], [/^worker_rlimit_nofile .*$/gm, ''], [/worker_connections \d+/g, 'worker_connections 1024'],
		[/access_log .*$/gm, `access_log ${folder}/access.log line; ${temporary}`]]));
	writeFileSync(join(folder, 'site.conf'), edit(readFileSync(join(ROOT, 'deploy/nginx/site.conf'), 'utf8'), [
		[/^\tlisten \[::\].*\n/gm, ''], [/listen 443/g, `listen 127.0.0.1:${tls}`], [/listen 80/g, `listen 127.0.0.1:${plain}`],
		[/\/etc\/cvn\/tls\/cvn\.pem/g, join(folder, 'cert.pem')], [/\/etc\/cvn\/tls\/cvn\.key/g, join(folder, 'key.pem')], [/root \S+;/g, `root ${web};`],
		[/server unix:\/run\/cvn-api\/api\.sock max_fails=0;/g, api.map((path) => `server unix:${path} max_fails=0;`).join(' ')],
		[/unix:\/run\/cvn-notifier\/notifier\.sock/g, `unix:${notifier}`]]));
	const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH } });
	let said = '';
	child.stderr.on('data', (text) => (said += text));
	const ended = new Promise((resolve) => child.on('close', resolve));
	const stop = async () => {
		child.kill('SIGTERM');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	};
	for (const end = Date.now() + 10000; !(await listens(tls)); await new Promise((resolve) => setTimeout(resolve, 20))) {
		if (child.exitCode !== null || Date.now() > end) {
			await stop();
			throw new Error(`nginx does not listen: ${said}`);
		}
	}
	return { tls, plain, ca, folder, stop, said: () => said };
}

function listens(port) {
	return new Promise((resolve) => {
		const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
		socket.on('error', () => resolve(false));
	});
}

// -- FastCGI, as a responder hears it and as a gate says it. --

export function record(type, content, id = 1) {
	const head = Buffer.alloc(8);
	head.writeUInt8(1, 0);
	head.writeUInt8(type, 1);
	head.writeUInt16BE(id, 2);
	head.writeUInt16BE(content.length, 4);
	return Buffer.concat([head, content]);
}

export function pair(name, value) {
	const length = (text) => {
		const n = Buffer.byteLength(text);
		return n < 128 ? Buffer.of(n) : Buffer.of(0x80 | (n >> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255);
	};
	return Buffer.concat([length(name), length(value), Buffer.from(name), Buffer.from(value)]);
}

// [[name, value], ...], in the order in which they came.
function pairs(bytes) {
	const found = [];
	let at = 0;
	const length = () => {
		const n = bytes[at] < 128 ? bytes[at] : bytes.readUInt32BE(at) & 0x7fffffff;
		at += bytes[at] < 128 ? 1 : 4;
		return n;
	};
	while (at < bytes.length) {
		const [name, value] = [length(), length()];
		found.push([bytes.toString('latin1', at, at + name), bytes.toString('latin1', at + name, at + name + value)]);
		at += name + value;
	}
	return found;
}

// A responder on a Unix socket: handle(params) gives the reply's text, or null to hang up. { requests, close }.
export async function playResponder(path, handle) {
	const requests = [];
	const server = net.createServer((socket) => {
		let bytes = Buffer.alloc(0);
		let params = Buffer.alloc(0);
		socket.on('error', () => {});
		socket.on('data', (part) => {
			bytes = Buffer.concat([bytes, part]);
			while (bytes.length >= 8 && bytes.length >= 8 + bytes.readUInt16BE(4) + bytes[6]) {
				const [type, length, padding] = [bytes[1], bytes.readUInt16BE(4), bytes[6]];
				const content = bytes.subarray(8, 8 + length);
				bytes = bytes.subarray(8 + length + padding);
				if (type === 4) params = Buffer.concat([params, content]);
				if (type !== 5 || length > 0) continue;
				const request = pairs(params);
				requests.push(request);
				const reply = handle(request);
				if (reply === null) socket.destroy();
				else socket.end(Buffer.concat([record(6, Buffer.from(reply)), record(6, Buffer.alloc(0)), record(3, Buffer.alloc(8))]));
			}
		});
	});
	server.listen(path);
	await new Promise((resolve) => server.on('listening', resolve));
	return { requests, close: () => new Promise((resolve) => server.close(resolve)) };
}
