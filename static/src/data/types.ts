// The shapes the API answers with, by the names the console uses for them. Derived from the paths of openapi.yaml,
// never written twice.
import type { paths } from './schema';

type Json<Response> = Response extends { content: { 'application/json': infer Body } } ? Body : never;
type Answer<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
	responses: { 200: infer Response };
}
	? Json<Response>
	: never;
type Request<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
	requestBody: { content: { 'application/json': infer Body } };
}
	? Body
	: never;

export type Session = Answer<'/me', 'get'>;
export type RoleName = Session['roles'][number]['role'];
export type Environment = Answer<'/environments', 'get'>['environments'][number];
export type Configuration = Answer<'/config/{env}', 'get'>;
export type Catalog = Answer<'/catalog', 'get'>;
export type Variable = Catalog['variables'][number];
export type Operator = Answer<'/operators', 'get'>['operators'][number];
export type Rule = Answer<'/rules', 'get'>['rules'][number];
export type HistoryEntry = Answer<'/history', 'get'>['entries'][number];
export type Comparison = Answer<'/config/{env}/compare/{other}', 'get'>;
export type Export = Answer<'/config/{env}/export', 'get'>;
export type ImportDocument = Pick<Export, 'values'> & Partial<Omit<Export, 'values'>>;
export type Verdict = Answer<'/history/verify', 'get'>;
export type Definition = Request<'/catalog/{name}', 'put'>;
export type DefinitionChange = Answer<'/catalog/{name}/history', 'get'>['entries'][number];
export type Token = Answer<'/tokens', 'get'>['tokens'][number];
export type NewToken = Request<'/tokens', 'post'>;
export type FreezeWindow = Answer<'/freeze-windows', 'get'>['freeze_windows'][number];
export type NewFreezeWindow = Request<'/freeze-windows', 'post'>;
export type OperatorRole = Request<'/operators', 'post'>['roles'][number];
export type Run = Answer<'/runs', 'get'>['runs'][number];
export type RunKind = Run['kind'];
export type RunDifferences = Answer<'/runs/{run}/diff/{other}', 'get'>;
export type SetDifference = RunDifferences['values'][number];
export type ParameterSet = Answer<'/parameter-sets/{hash}', 'get'>;
export type Worker = Answer<'/workers', 'get'>['workers'][number];
export type WorkerState = Worker['state'];
export type Changes = Request<'/config/{env}/plan', 'post'>['changes'];
export type Plan = Answer<'/config/{env}/plan', 'post'>;
export type DiffItem = Plan['diff'][number];
export type Saved = Answer<'/config/{env}', 'post'>;
export type Change = Answer<'/changes', 'get'>['changes'][number];
export type ChangeState = Change['state'];
export type ChangeDocument = Answer<'/changes/{id}', 'get'>;
export type ChangeEvent = ChangeDocument['events'][number];
export interface FieldError {
	name: string;
	code: string;
	detail: string;
	/** Of a catalog write: where it would be so. */
	environment?: string;
}
