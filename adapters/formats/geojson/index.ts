// GeoJSON in and out.
export { exportGeojson } from './export.ts'
export { importGeojson, type GeojsonImportOptions } from './import-geojson.ts'
