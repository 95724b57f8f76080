// Congestion: how bad, where, since when, how often, and which place is worth the work.
export { CellTable, CONGESTION_DEFAULTS, linkStatus, SLOT_S, SLOTS_PER_DAY, type Cell, type CellStatus, type CongestionOptions } from './cells.ts'
export { findClusters, linkNeighbours, type CongestionCluster, type LinkNeighbours } from './clusters.ts'
export { congestionIndex, LEAST_COVERAGE, type CongestionIndex, type IndexPart } from './index-of.ts'
export { mergePlaces, type CongestedPlace, type PlaceKind } from './places.ts'
export { classifyIncident, classifyRecurrence, travelTimeScore, type IncidentEvidence, type IncidentVerdict, type Recurrence } from './recurrence.ts'
export { classify, getScale, SCALES, tpiOfSevereShare, tpiOfTimeRatio, type RoadClass, type ScaleLevel, type ScaleTable } from './scales.ts'
