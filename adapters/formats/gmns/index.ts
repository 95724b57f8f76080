// GMNS (General Modeling Network Specification) in.
export { importGmns, type GmnsImportOptions } from './import-gmns.ts'
