// CityFlow in: road networks with their light phases, and flows.
export { importCityflow } from './import-cityflow.ts'
export type { CityflowImportOptions } from './import-cityflow.ts'
