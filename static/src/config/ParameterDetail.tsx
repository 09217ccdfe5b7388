import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { address } from '../app/pattern';
import { historyOf } from '../data/history';
import { resource } from '../data/resource';
import { environments, workers } from '../data/stores';
import { applies, appliesBecause, bounds, waitingFor } from '../text/words';
import { Ago } from '../ui/Ago';
import { Change } from '../ui/Change';
import { copy } from '../ui/copy';
import { EnvBadge } from '../ui/EnvBadge';
import { Icon } from '../ui/Icon';
import { Value } from '../ui/Value';
import { copyCell, copyJson, copyRows } from './clipboard';
import { choices, nameColumn } from './columns';
import { LastChange } from './LastChange';
import { OtherValue } from './OtherValue';
import type { Row } from './rows';

const entriesShown = 5;

/** Everything about a parameter, in whole, below its row. */
export function ParameterDetail({ env, row }: { env: string; row: Row }) {
	const { variable } = row;
	return (
		<div class="detail-body">
			<section>
				<p class="detail-text">{variable.description}</p>
				<Facts row={row} />
				<CopyRow env={env} row={row} />
			</section>
			<section>
				<h2>In other environments</h2>
				<Elsewhere env={env} row={row} />
				<Waiting env={env} name={variable.name} />
			</section>
			<section>
				<h2>Latest changes</h2>
				<Latest env={env} row={row} />
			</section>
		</div>
	);
}

function Facts({ row }: { row: Row }) {
	const { variable, live, origin } = row;
	const when = applies(variable);
	const range = bounds(variable, true);
	const facts: [label: string, fact: ComponentChildren, text: string][] = [
		['In force', <Value text={live} variable={variable} />, live ?? ''],
		['Default', <Value text={variable.default_value} variable={variable} />, variable.default_value ?? ''],
		['Type', variable.required ? `${variable.type}, required` : variable.type, variable.type],
		['Bounds', range === '' ? <span class="dim">none</span> : range, range],
		['Applies at', <span title={appliesBecause[when]}>{when}</span>, when],
		['Last change', <LastChange origin={origin} />, origin?.changed_at ?? ''],
	];
	return (
		<dl class="detail-facts">
			{facts.map(([label, fact, text]) => (
				<div key={label}>
					<dt>{label}</dt>
					<dd>
						{fact}
						{text !== '' && (
							<button
								type="button"
								class="quiet icon-only"
								aria-label={`Copy ${label.toLowerCase()} of ${variable.name}`}
								title="Copy"
								onClick={() => void copy(text, `${label.toLowerCase()} of ${variable.name}: ${text}`)}
							>
								<Icon name="copy" />
							</button>
						)}
					</dd>
				</div>
			))}
		</dl>
	);
}

function CopyRow({ env, row }: { env: string; row: Row }) {
	const { name } = row.variable;
	const here = address('config', env, name);
	return (
		<p class="detail-acts">
			<button type="button" class="small" onClick={() => void copyCell(row, nameColumn)}>
				Copy name
			</button>
			<button type="button" class="small" onClick={() => void copyRows([row], choices(env, []))}>
				Copy row
			</button>
			<button type="button" class="small" onClick={() => void copyJson(env, [row])}>
				Copy as JSON
			</button>
			<button
				type="button"
				class="small"
				onClick={() => void copy(new URL(here, location.href).href, `the address of ${name}`)}
			>
				Copy link
			</button>
			<a href={address('admin', 'catalog', name)}>Definition</a>
		</p>
	);
}

function Elsewhere({ env, row: { variable, live } }: { env: string; row: Row }) {
	const others = (environments.value.value ?? []).filter(({ environment }) => environment !== env);
	if (others.length === 0) return <p class="dim">There is no other environment.</p>;
	return (
		<ul class="detail-list">
			{others.map(({ environment }) => (
				<li key={environment}>
					<a href={address('config', environment, variable.name)}>
						<EnvBadge name={environment} />
					</a>
					<OtherValue env={environment} variable={variable} live={live} />
				</li>
			))}
		</ul>
	);
}

/** Workers that do not run with the value in force yet, and why. */
function Waiting({ env, name }: { env: string; name: string }) {
	const behind = (workers.value.value ?? []).filter(
		({ environment, pending, restart_required }) =>
			environment === env && (pending.some((one) => one.name === name) || restart_required.includes(name)),
	);
	if (behind.length === 0) return null;
	return (
		<>
			<h2>Not yet with this value</h2>
			<ul class="detail-list">
				{behind.map(({ worker_id, waiting_for, restart_required }) => (
					<li key={worker_id}>
						<code>{worker_id}</code>
						<span class="warn">
							waits for{' '}
							{restart_required.includes(name) ? waitingFor.restart : waitingFor[waiting_for ?? 'heartbeat']}
						</span>
					</li>
				))}
			</ul>
		</>
	);
}

function Latest({ env, row: { variable, live, origin } }: { env: string; row: Row }) {
	const { name, type } = variable;
	const entries = useMemo(() => resource(() => historyOf(env, name, entriesShown)), [env, name]);
	useEffect(() => void entries.refresh(), [entries, live, origin?.version]);
	const found = entries.value.value;
	if (entries.problem.value) return <p class="bad">{entries.problem.value.message}</p>;
	if (!found) return <p class="dim">Reading the history …</p>;
	return (
		<>
			{found.length === 0 && <p class="dim">Never changed here: it is what the catalog says.</p>}
			<ul class="detail-changes">
				{found.map(({ id, version, changed_at, changed_by, reason, diff }) => (
					<li key={id}>
						<span>
							<span class="num">v{version}</span>{' '}
							{diff
								.filter((item) => item.name === name)
								.map((item) => (
									<Change key={item.name} item={item} type={type} />
								))}
						</span>
						<span class="dim">
							{changed_by}, <Ago at={changed_at} />: {reason}
						</span>
					</li>
				))}
			</ul>
			<p>
				<a class="detail-more" href={`/history?environment=${encodeURIComponent(env)}&name=${name}`}>All of its history</a>
			</p>
		</>
	);
}

