export { auditSignals, type AuditOptions, type AuditResult } from './audit.ts'
export { AuditClock, type AuditedGreen } from './audit-clock.ts'
