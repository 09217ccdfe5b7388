// Fetched as one: who administers one of these does the others as well.
export { AdminEnvironmentsPage } from './AdminEnvironmentsPage';
export { CatalogPage } from './CatalogPage';
export { FreezePage } from './FreezePage';
export { OperatorsPage } from './OperatorsPage';
export { RulesPage } from './RulesPage';
export { VariablePage } from './VariablePage';
