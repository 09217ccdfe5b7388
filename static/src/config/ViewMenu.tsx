import { environments } from '../data/stores';
import { Icon } from '../ui/Icon';
import { Panel } from '../ui/Panel';
import { choices, nameColumn, valueColumn, type Column } from './columns';
import { chooseColumns, chooseDensity, columnIds, densities, density, sort, sortBy, type Density } from './view';

const densityNames: Record<Density, string> = { compact: 'Compact', comfortable: 'Comfortable' };

/** How the table looks: its density, its columns, its order. */
export function ViewMenu({ env }: { env: string }) {
	const offered = choices(env, environments.value.value?.map(({ environment }) => environment) ?? []);
	return (
		<Panel
			label={
				<>
					<Icon name="columns" />
					View
				</>
			}
		>
			<fieldset>
				<legend>Rows</legend>
				{densities.map((one) => (
					<label key={one} class="check">
						<input
							type="radio"
							name="density"
							checked={density.value === one}
							onChange={() => chooseDensity(one)}
						/>
						{densityNames[one]}
					</label>
				))}
			</fieldset>
			<Shown offered={offered} />
			<Order offered={offered} />
		</Panel>
	);
}

function Shown({ offered }: { offered: readonly Column[] }) {
	const ids = columnIds.value;
	// What is not offered here, as this environment beside itself, stays chosen for where it is.
	const all = [...new Set([...offered.map((column) => column.id), ...ids])];
	const flip = (id: string) =>
		chooseColumns(all.filter((one) => (one === id ? !ids.includes(id) : ids.includes(one))));
	return (
		<fieldset>
			<legend>Columns</legend>
			{offered.map(({ id, label }) => (
				<label key={id} class="check">
					<input type="checkbox" checked={ids.includes(id)} onChange={() => flip(id)} />
					{label}
				</label>
			))}
		</fieldset>
	);
}

function Order({ offered }: { offered: readonly Column[] }) {
	const now = sort.value;
	return (
		<fieldset>
			<legend>Order</legend>
			<select
				aria-label="Sort by"
				value={now?.by ?? ''}
				onChange={({ currentTarget: { value } }) =>
					sortBy(value === '' ? null : { by: value, down: now?.down ?? false })
				}
			>
				<option value="">Group and name</option>
				{[nameColumn, valueColumn, ...offered].map(({ id, label }) => (
					<option key={id} value={id}>
						{label}
					</option>
				))}
			</select>
			<label class="check">
				<input
					type="checkbox"
					checked={now?.down ?? false}
					disabled={now === null}
					onChange={() => now && sortBy({ ...now, down: !now.down })}
				/>
				Descending
			</label>
		</fieldset>
	);
}
