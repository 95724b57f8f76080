// Entry: measured data of DATEX II and the tables that explain it.
export type { DatexFigures, MissingCause } from './measured-reader.ts'
export { openMeasured, type MeasuredFeed, type MeasuredOptions } from './open-measured.ts'
export { readSiteTable, type MeasurementSite, type SiteChannel, type SiteTable, type VehiclePart } from './site-table.ts'
