// A port for what a test starts.
import net from 'node:net';

const listens = (port) =>
	new Promise((resolve) => {
		const server = net.createServer();
		server.on('error', () => resolve(null)).listen(port, '127.0.0.1', () => resolve(server));
	});

// One of 127.0.0.1 that nobody has, below those that the kernel gives to outgoing connections: one of these would be some
// connection's before who it is for listens there, or listens there again.
export async function freePort() {
	for (let tries = 0; tries < 200; tries++) {
		const port = 10_000 + Math.floor(Math.random() * 22_000);
		const server = await listens(port);
		if (!server) continue;
		await new Promise((resolve) => server.close(resolve));
		return String(port);
	}
	throw new Error('no free port on 127.0.0.1');
}
