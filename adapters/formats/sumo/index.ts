// SUMO in and out: networks, routes and signal programs.
export { importSumo } from './import-sumo.ts'
export type { SumoImportOptions } from './import-sumo.ts'
export { exportSumoAdditional, exportSumoPatterns } from './export-additional.ts'
export { exportSumoNetwork } from './export-network.ts'
export type { ExportNetworkOptions, SumoPlainNetwork } from './export-network.ts'
export { exportSumoRoutes } from './export-routes.ts'
export type { ExportRoutesOptions, SumoTrip } from './export-routes.ts'
