// The console's pure modules, bundled as the build does it and run here: addresses, the event stream, drafts, words.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const console_ = fileURLToPath(new URL('../../static/', import.meta.url));
const esbuild = createRequire(new URL('../../static/package.json', import.meta.url))('esbuild');

// What a module of static/src exports. It must not need a browser to be loaded.
async function load(path) {
	const options = { entryPoints: [`${console_}src/${path}`], bundle: true, format: 'esm', write: false };
	const { outputFiles } = await esbuild.build({ ...options, logLevel: 'error' });
	return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

describe('addresses', () => {
	let pattern;
	before(async () => (pattern = await load('app/pattern.ts')));

	const cases = [
		['/', '/', {}],
		['/config/:env', '/config/paper', { env: 'paper' }],
		['/config/:env', '/config/paper/', { env: 'paper' }],
		['/config/:env', '/config/a%2Fb', { env: 'a/b' }],
		['/config/:env', '/config', null],
		['/config/:env', '/config/paper/CVN_X', null],
		['/config/:env', '/config/%zz', null],
		['/dashboard', '/Dashboard', null],
	];
	for (const [want, path, params] of cases)
		it(`${want} ${params ? 'takes' : 'refuses'} ${path}`, () =>
			assert.deepEqual(pattern.match(want, path), params));

	it('encode each segment, so that matching gives it back', () => {
		const name = 'ä/?#%';
		assert.deepEqual(pattern.match('/config/:env', pattern.address('config', name)), { env: name });
	});
});

describe('an event stream', () => {
	let sse;
	before(async () => (sse = await load('data/sse.ts')));

	const text =
		'id: 1-7\nevent: config_changed\ndata: {"a":\ndata: 1}\n\n: a comment\n\nid: 1-8\r\ndata: two\r\n\r\n';
	const messages = [
		{ event: 'config_changed', id: '1-7', data: '{"a":\n1}' },
		{ event: 'message', id: '1-8', data: 'two' },
	];
	it('gives the same messages however it is cut', () => {
		for (let size = 1; size <= text.length; size++) {
			const parse = sse.messageParser();
			const got = [];
			for (let at = 0; at < text.length; at += size) got.push(...parse(text.slice(at, at + size)));
			assert.deepEqual(got, messages, `in pieces of ${size}`);
		}
	});
	it('keeps a message that is not finished', () =>
		assert.deepEqual(sse.messageParser()('data: half\n'), []));
});

describe('a resource', () => {
	let resource;
	before(async () => ({ resource } = await load('data/resource.ts')));

	// Reads that are answered when the test says so, in the order in which they were made.
	const asked = () => {
		const answers = [];
		return { answers, read: () => new Promise((resolve) => answers.push(resolve)) };
	};
	const done = () => new Promise((resolve) => setImmediate(resolve));

	it('that was forgotten while it was read is read anew, and the old answer is nobody’s', async () => {
		const { answers, read } = asked();
		const one = resource(read);
		one.ensure();
		one.forget();
		one.ensure();
		assert.equal(answers.length, 2);
		answers[1]('theirs');
		await done();
		answers[0]('of who was here before');
		await done();
		assert.deepEqual([one.value.value, one.loading.value], ['theirs', false]);
	});
	it('that is asked for again while it is read is read once more, however often it is asked for', async () => {
		const { answers, read } = asked();
		const one = resource(read);
		const all = [one.refresh(), one.refresh(), one.refresh()];
		answers[0]('old');
		await done();
		assert.equal(answers.length, 2);
		answers[1]('new');
		await Promise.all(all);
		assert.deepEqual([one.value.value, answers.length], ['new', 2]);
	});
	it('that is forgotten leaves no second read behind', async () => {
		const { answers, read } = asked();
		const one = resource(read);
		void one.refresh();
		void one.refresh();
		one.forget();
		answers[0]('old');
		await done();
		assert.deepEqual([one.value.value, answers.length], [null, 1]);
	});
});

describe('drafts', () => {
	let staging;
	before(async () => (staging = await load('data/drafts.ts')));

	const live = { environment: 'paper', version: 5, values: { A: '1', B: '2', C: '3' } };
	const drafts = {
		A: { value: '9', from: '1' }, // nobody touched it
		B: { value: '9', from: '1' }, // somebody saved 2
		C: { value: '3', from: '1' }, // somebody saved what the draft says
	};
	it('conflict only where somebody saved another value under them', () =>
		assert.deepEqual(staging.conflicts(drafts, live), [
			{ name: 'B', from: '1', theirs: '2', mine: '9' },
		]));
	it('are read as they were kept; what is no draft, or no text at all, is none', () => {
		const draft = { value: '9', from: null };
		assert.deepEqual(staging.readDrafts(JSON.stringify({ A: draft })), { A: draft });
		const odd = { A: draft, B: null, C: 5, D: { value: 9, from: '1' }, E: { value: '9' }, F: 'text', G: [] };
		assert.deepEqual(staging.readDrafts(JSON.stringify(odd)), { A: draft });
		for (const text of [null, '', 'null', '5', '"text"', '[1]', '{"A":'])
			assert.deepEqual(staging.readDrafts(text), {}, String(text));
	});
	it('become the changes of a request', () =>
		assert.deepEqual(staging.changesOf({ ...drafts, D: { value: null, from: '4' } }), {
			A: '9',
			B: '9',
			C: '3',
			D: null,
		}));
});

describe('a selection', () => {
	let open;
	before(async () => ({ openSelection: open } = await load('config/selection.ts')));

	const listed = ['A', 'B', 'C', 'D', 'E'];
	const picked = (selection) => [...selection.names.peek()].sort();

	it('reaches from the one that was picked last to this one', () => {
		const selection = open();
		selection.toggle('B');
		selection.extend('D', listed);
		assert.deepEqual(picked(selection), ['B', 'C', 'D']);
		selection.extend('A', listed);
		assert.deepEqual(picked(selection), ['A', 'B', 'C', 'D']);
	});
	const dropped = {
		toggled: (selection) => selection.toggle('B'),
		'left out': (selection) => selection.remove(['B']),
		cleared: (selection) => selection.clear(),
		'flipped with all': (selection) => selection.flip(['B']),
	};
	for (const [how, drop] of Object.entries(dropped))
		it(`does not reach back to one that was ${how}: that would pick it again`, () => {
			const selection = open();
			selection.toggle('B');
			drop(selection);
			selection.extend('D', listed);
			assert.deepEqual(picked(selection), ['D']);
			selection.extend('E', listed);
			assert.deepEqual(picked(selection), ['D', 'E']);
		});
	it('does not reach from one that is not listed', () => {
		const selection = open();
		selection.toggle('X');
		selection.extend('D', listed);
		assert.deepEqual(picked(selection), ['D', 'X']);
	});
	it('leaves out what is left out, however often that is said', () => {
		const selection = open();
		selection.add(['A', 'B']);
		selection.remove(['B']);
		selection.remove(['B']);
		assert.deepEqual(picked(selection), ['A']);
	});
});

describe('a change of many at once', () => {
	let bulk;
	before(async () => (bulk = await load('config/bulk.ts')));

	const row = (name, type, more = {}) => ({ variable: { name, type, default_value: '1' }, live: '5', draft: null, ...more });
	const ints = ['A', 'B', 'C'].map((name) => row(name, 'int'));
	const decimals = ['D', 'E'].map((name) => row(name, 'decimal'));

	it('keeps to the type that was chosen when some of it are left out and another one is more frequent', () => {
		const chosen = bulk.typeAmong([...ints, ...decimals], null);
		assert.equal(chosen, 'int');
		assert.equal(bulk.typeAmong([ints[0], ...decimals], chosen), 'int');
		assert.equal(bulk.typeAmong(decimals, chosen), 'decimal');
		assert.equal(bulk.typeAmong([], chosen), null);
	});
	it('proposes what was typed for that type, and for no other', () => {
		assert.equal(bulk.typedFor({ type: 'int', text: '' }, 'int'), '');
		assert.equal(bulk.typedFor({ type: 'int', text: '7' }, 'decimal'), null);
		assert.equal(bulk.typedFor(null, 'int'), null);
	});
	it('tells where it would replace another value that is staged', () => {
		const over = (value, result) => bulk.replaces({ row: row('A', 'int', { draft: { value, from: '5' } }), result });
		assert.equal(over('6', '7'), true);
		assert.equal(over('7', '7'), false);
		assert.equal(over(null, '1'), false);
		assert.equal(over('6', '5'), true);
		assert.equal(bulk.replaces({ row: row('A', 'int'), result: '7' }), false);
	});
	it('copies nothing where there is no value to copy, and says so', () => {
		const core = { check: (_, text) => ({ ok: true, canonical: text }) };
		const found = bulk.copyFrom(core, [ints[0], ints[1]], { values: { A: '9' } });
		assert.deepEqual(found.map(({ value, refusal }) => [value, refusal !== null]), [['9', false], [null, true]]);
	});
});

describe('words', () => {
	let words;
	let ages;
	before(async () => ([words, ages] = await Promise.all([load('text/words.ts'), load('text/age.ts')])));

	it('group the digits of numbers and leave other text alone', () => {
		const cases = [
			['int', '1000000', '1\u202f000\u202f000'],
			['int', '-1000', '-1\u202f000'],
			['int', '999', '999'],
			['decimal', '12345.67891', '12\u202f345.67891'],
			['string', '1000000', '1000000'],
		];
		for (const [type, text, shown] of cases) assert.equal(words.digits(text, type), shown);
	});
	it('name a list', () => {
		assert.equal(words.list([]), '');
		assert.equal(words.list(['a']), 'a');
		assert.equal(words.list(['a', 'b', 'c']), 'a, b and c');
	});
	it('say of a change without a difference what it did, and nothing that it did not', () => {
		assert.equal(words.setNoValue({ kind: 'create' }), 'It set no value: all parameters at their defaults.');
		assert.equal(words.setNoValue({ kind: 'catalog' }), 'It set no value.');
	});
	it('tell an age', () => {
		const then = '2026-01-01T00:00:00Z';
		const after = (seconds) => ages.age(then, Date.parse(then) + seconds * 1000);
		assert.equal(after(-3), 'just now');
		assert.equal(after(59), '59 s ago');
		assert.equal(after(60), '1 min ago');
		assert.equal(after(7200), '2 h ago');
		assert.equal(after(86_400 * 40), '40 d ago');
	});
	it('tell of a moment of today the time alone, and of another day its date as well', () => {
		const [evening, midnight] = [new Date(2026, 11, 31, 23, 59, 59), new Date(2027, 0, 1)];
		assert.equal(ages.shortMoment(evening.getTime(), new Date(2026, 11, 31).getTime()), '23:59:59');
		assert.equal(ages.shortMoment(evening.toISOString(), midnight.getTime()), '31 Dec 2026, 23:59:59');
		assert.equal(ages.shortMoment(midnight.toISOString(), evening.getTime()), '1 Jan 2027, 00:00:00');
	});
});

describe('addresses that a pattern makes', () => {
	let pattern;
	before(async () => (pattern = await load('app/pattern.ts')));
	it('are filled with what is known, and there is none while something is missing', () => {
		assert.equal(pattern.fill('/config/:env', { env: 'paper' }), '/config/paper');
		assert.equal(pattern.fill('/config/:env', {}), null);
		assert.equal(pattern.fill('/', {}), '/');
	});
});

describe('lists', () => {
	let text;
	before(async () => (text = await load('text/listDiff.ts')));
	it('tell what went and what came; what is no list, or the same but for the order, is told otherwise', () => {
		assert.deepEqual(text.listDiff('["A","B"]', '["B","C"]'), { removed: ['A'], added: ['C'], kept: ['B'] });
		assert.equal(text.listDiff('["A","B"]', '["B","A"]'), null);
		assert.equal(text.listDiff('1', '["B"]'), null);
		assert.equal(text.listDiff(null, '["B"]'), null);
	});
});

describe('a rollout', () => {
	let rollout;
	before(async () => (rollout = await load('rollout/rollout.ts')));

	const worker = {
		worker_id: 'w',
		environment: 'paper',
		state: 'current',
		applied_version: 6,
		pending: [],
		waiting_for: null,
		rejected: null,
		restart_required: [],
	};
	const of = { environment: 'paper', version: 7, names: ['A', 'B'] };
	const steps = [
		['sent', {}],
		['sent', { applied_version: null }],
		['notified', { pending: [{ name: 'A', version: 7 }] }],
		['waiting', { pending: [{ name: 'A', version: 7 }], waiting_for: 'position_close' }],
		['sent', { pending: [{ name: 'C', version: 6 }], waiting_for: 'position_close' }],
		['rejected', { rejected: { version: 7, detail: 'no' } }],
		['sent', { rejected: { version: 5, detail: 'no' } }],
		['applied', { applied_version: 7 }],
		['applied', { applied_version: 9, restart_required: ['C'] }],
		['restart', { applied_version: 7, restart_required: ['B'] }],
	];
	for (const [step, members] of steps)
		it(`is at “${step}” in a worker that says ${JSON.stringify(members)}`, () =>
			assert.equal(rollout.stepOf({ ...worker, ...members }, of), step));

	it('counts who is there, names what is stuck first, and ends when all have applied it', () => {
		const all = [
			{ ...worker, worker_id: 'a', applied_version: 7 },
			{ ...worker, worker_id: 'b', rejected: { version: 7, detail: 'no' } },
			{ ...worker, worker_id: 'c', state: 'offline' },
			{ ...worker, worker_id: 'd', environment: 'live' },
			{ ...worker, worker_id: 'e', applied_version: 7, restart_required: ['A'] },
		];
		const found = rollout.progress(of, all);
		assert.deepEqual(found.steps.map(({ worker: { worker_id } }) => worker_id), ['b', 'e', 'a']);
		assert.deepEqual(found.offline.map(({ worker_id }) => worker_id), ['c']);
		assert.equal(rollout.headline(found), 'applied by 2 of 3, 1 needs a restart');
		assert.equal(found.done, false);
		assert.equal(rollout.progress(of, [all[0]]).done, true);
		assert.equal(rollout.headline(rollout.progress(of, [])), 'no worker runs it');
	});
});

describe('the story of a change set', () => {
	let story;
	before(async () => (story = await load('changes/story.ts')));

	const event = (name, content_hash, more = {}) => ({
		at: '2026-01-01T00:00:00Z',
		actor: 'a',
		event: name,
		detail: { ...(content_hash ? { content_hash } : {}), ...more },
	});
	const notes = (...events) =>
		story
			.storyOf({ created_by: 'a', created_at: '2026-01-01T00:00:00Z', kind: 'change_set', events })
			.map(({ note }) => note !== null);

	it('says where an edit or a rebase made void what an approver had seen, and only there', () => {
		assert.deepEqual(notes(event('edit', '1'), event('submit', '1')), [false, false, false]);
		assert.deepEqual(notes(event('submit', '1'), event('edit', '2'), event('submit', '2')), [false, false, true, false]);
		assert.deepEqual(notes(event('submit', '1'), event('rebase', '2')), [false, false, true]);
		assert.deepEqual(notes(event('submit', '1'), event('rebase', '1')), [false, false, false]);
	});
	it('names the version that it became', () => {
		const [, applied] = story.storyOf({
			created_by: 'a',
			created_at: '2026-01-01T00:00:00Z',
			kind: 'save',
			events: [event('activate', null, { version: 12 })],
		});
		assert.equal(applied.what, 'applied it as v12');
	});
});
