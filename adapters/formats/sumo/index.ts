// SUMO in and out: networks, routes and signal programs.
export { importSumo } from './import-sumo.ts'
export type { SumoImportOptions } from './import-sumo.ts'
export { exportSumoAdditional, exportSumoPatterns } from './export-additional.ts'
