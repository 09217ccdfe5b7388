import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { AdminNav } from '../admin/AdminNav';
import { DefinitionForm } from '../admin/DefinitionForm';
import { DefinitionHistory } from '../admin/DefinitionHistory';
import { DeleteSheet } from '../admin/DeleteSheet';
import { announce } from '../app/announce';
import type { Params } from '../app/pattern';
import { go } from '../app/router';
import { api, unwrap } from '../data/api';
import { core, coreProblem, startCore } from '../data/core';
import { missing } from '../data/permission';
import { catalog, environments } from '../data/stores';
import type { Variable } from '../data/types';
import { Loaded } from '../ui/Loaded';
import { Loading } from '../ui/Loading';
import { PageHead } from '../ui/PageHead';
import { Placeholder } from '../ui/Placeholder';
import { ProblemNote } from '../ui/ProblemNote';

/** One definition, or a new one: no parameter is called `new`, since names are in capitals. */
export function VariablePage({ params }: { params: Params }) {
	const name = params['name'] ?? '';
	const isNew = name === 'new';
	useEffect(() => {
		catalog.ensure();
		environments.ensure();
	}, []);
	return (
		<Loaded of={catalog} what="the catalog">
			{(definitions) => {
				const variable = definitions.variables.find((one) => one.name === name) ?? null;
				return (
					<>
						<PageHead
							title={isNew ? 'New parameter' : <code>{name}</code>}
							sub={isNew ? 'Nothing takes it up before an environment or a default gives it a value' : variable?.description}
						>
							{variable && <Delete variable={variable} />}
						</PageHead>
						<AdminNav />
						{variable === null && !isNew ? (
							<Placeholder title={`There is no parameter ${name}`}>
								<p>
									It may have been deleted. <a href="/admin/catalog">The catalog</a>
								</p>
							</Placeholder>
						) : core.value ? (
							<div class="with-side">
								<DefinitionForm
									key={name}
									variable={variable}
									definitions={definitions}
									core={core.value}
								/>
								{!isNew && (
									<aside>
										<h2>What it was</h2>
										<DefinitionHistory name={name} />
									</aside>
								)}
							</div>
						) : coreProblem.value ? (
							<ProblemNote problem={coreProblem.value} retry={() => void startCore()} />
						) : (
							<Loading what="the core" />
						)}
					</>
				);
			}}
		</Loaded>
	);
}

function Delete({ variable: { name } }: { variable: Variable }) {
	const open = useSignal(false);
	const why = missing('admin', '*', 'Deleting a parameter');
	const done = async () => {
		await catalog.refresh();
		announce(`${name} is deleted`);
		go('/admin/catalog');
	};
	return (
		<>
			<button
				type="button"
				aria-disabled={why !== null}
				title={why ?? undefined}
				onClick={() => (open.value = why === null)}
			>
				Delete
			</button>
			{open.value && (
				<DeleteSheet
					what={name}
					note="Only what nothing ever named can be deleted: no entry, no history, no set, no rule. What was used is deprecated instead."
					remove={(reason) =>
						unwrap(api.DELETE('/catalog/{name}', { params: { path: { name }, query: { reason } } }))
					}
					onDone={() => void done()}
					onClose={() => (open.value = false)}
				/>
			)}
		</>
	);
}
