// Another operator for a test that needs one: with the password of the editor, and roles in one environment or, written
// 'role@*', everywhere. The caller must forget() it.
import { randomBytes } from 'node:crypto';

import { request } from '../lib/stack.mjs';

export async function operator({ sql, url, credentials }, environment, ...roles) {
	const login = `t-${randomBytes(4).toString('hex')}`;
	const rows = roles.map((role) => role.split('@')).map(([role, where = environment]) => `('${login}', '${where}', '${role}')`);
	await sql(`insert into operators (login, password_hash, created_by) select '${login}', password_hash, 'admin' from operators where login = 'editor';
		insert into operator_roles (login, environment, role) values ${rows.join(', ')}`);
	const basic = Buffer.from(`${login}:${credentials.editor.password}`).toString('base64');
	const as = (method, path, { headers = {}, body } = {}) =>
		request(url, method, path, { headers: { Authorization: `Basic ${basic}`, ...headers }, body });
	const forget = () => sql(`delete from operator_roles where login = '${login}'; delete from tokens where created_by = '${login}';
		delete from operators where login = '${login}'`);
	return { login, as, forget };
}
