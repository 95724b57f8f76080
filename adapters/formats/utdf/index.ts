// UTDF (Synchro) in and out.
export { importUtdf } from './import.ts'
export type { UtdfImportOptions } from './import.ts'
