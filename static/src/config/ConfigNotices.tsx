import { findEnvironment } from '../data/stores';
import { NoRole } from '../ui/NoRole';
import { Note } from '../ui/Note';
import { frozen, locked, missingRole } from '../data/permission';

export const missingRoleId = 'missing-role';

/** What stands between the operator and a save, before they start. */
export function ConfigNotices({ env }: { env: string }) {
	const found = findEnvironment(env);
	const freeze = found ? frozen(found) : null;
	const lock = found ? locked(found) : null;
	return (
		<>
			<NoRole text={missingRole(env)} id={missingRoleId} />
			{freeze && (
				<Note tone="warn" icon="snow">
					{freeze}
				</Note>
			)}
			{lock && (
				<Note tone="warn" icon="lock">
					{lock}
				</Note>
			)}
		</>
	);
}
