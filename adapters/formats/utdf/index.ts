// UTDF (Synchro) in and out.
export { exportUtdf } from './export.ts'
export { importUtdf } from './import.ts'
export type { UtdfImportOptions } from './import.ts'
