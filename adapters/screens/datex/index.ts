// DATEX II version 3 out: situations, variable message signs, speeds and travel times; and back, to prove that nothing is lost.
export type { GeoPoint, Publisher, RecordKind, Situation, SituationRecord, VmsState, VmsUnit } from './document.ts'
export { elaboratedOf, readElaborated, writeElaborated, type ElaboratedSegment } from './elaborated.ts'
export { lampImage, readSigns, stateOf, writeSigns, type SignTable } from './signs.ts'
export { readSituations, situationsOf, writeSituations } from './situations.ts'
export { structureFaults } from './structure.ts'
export { parseXml } from './xml.ts'
