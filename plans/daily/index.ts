// Entry: what a daily or weekly congestion report is made of, gathered from what is stored.
export { gatherReport, type ReportRequest } from './gather.ts'
export { lastReportedDay, stateSources, storeSources, type DailySources } from './sources.ts'
