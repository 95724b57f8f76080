// OpenStreetMap in: roads, lanes, signals and turn restrictions from XML or protocol buffers.
export { importOsm } from './import-osm.ts'
export type { OsmImportOptions } from './import-osm.ts'
