// The processes of a stack, as the kernel tells them: who can be killed, and what is back.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

// What is gone meanwhile, a process or a descriptor, has nothing to read.
const orEmpty = (read) => (path) => {
	try {
		return read(path, 'utf8');
	} catch (error) {
		if (error.code === 'ENOENT' || error.code === 'ESRCH') return '';
		throw error;
	}
};
const look = orEmpty(readFileSync);
const linkOf = orEmpty(readlinkSync);

export const commandOf = (pid) => look(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
export const isAlive = (pid) => /^State:\s+[^ZX]/m.test(look(`/proc/${pid}/status`));
export const descriptorsOf = (pid) => readdirSync(`/proc/${pid}/fd`).map(Number);
export const socketsOf = (pid) => descriptorsOf(pid).filter((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length;

// Of every thread: a child belongs to the one that made it.
export function childrenOf(pid) {
	const threads = look(`/proc/${pid}/status`) ? readdirSync(`/proc/${pid}/task`) : [];
	return threads.flatMap((thread) => look(`/proc/${pid}/task/${thread}/children`).split(' ')).filter(Boolean).map(Number);
}

// { responders(), notifier(), backends(role), gates(), workers() }: pids of this moment. `facts` are read anew each time,
// since the supervisor writes run.json when it has started something again.
export function processes(state) {
	const pids = () => JSON.parse(readFileSync(join(state, 'run.json'), 'utf8')).pids;
	const below = (parent, pattern) => childrenOf(parent).filter((pid) => pattern.test(commandOf(pid)));
	return {
		pids,
		responders: () => below(pids()['cvn-config-api'], /cvn-config-api/),
		notifier: () => [pids()['cvn-config-notifier']].filter(isAlive),
		backends: (role = 'cvn_\\w+') => below(pids().postgresql, new RegExp(`^postgres: ${role} cvn `)),
		gates: () => below(pids().nginx, /^nginx: worker process$/),
		workers: () => below(pids().supervisor, /\/paper_trader$/),
		workerName: (pid) => look(`/proc/${pid}/environ`).match(/CVN_WORKER_ID=([^\0]*)/)?.[1],
	};
}

// What a process has used of a processor since it began, in ms.
export function processorMs(pid) {
	const [user, system] = look(`/proc/${pid}/stat`).replace(/^.*\) /s, '').split(' ').slice(11, 13).map(Number);
	return (user + system) * 10; // ticks of 10 ms, on every Linux
}
