import { environments } from '../data/stores';
import { FilterSelect } from '../ui/FilterSelect';
import { named } from '../ui/named';

export const EnvironmentFilter = () => (
	<FilterSelect
		name="environment"
		label="Environment"
		all="every"
		choices={named(environments.value.value?.map(({ environment }) => environment))}
	/>
);
