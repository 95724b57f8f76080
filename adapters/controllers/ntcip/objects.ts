// The objects of NTCIP 1202 v03 (actuated controller) and 1201 v03 (global) that are read, and the few that are ever written.
// Ids and ranges are those of the MIBs; times are whole seconds unless the name of the constant says tenths.
import { GreenwaveError } from '../../../model/errors.ts'

const ASC = '1.3.6.1.4.1.1206.4.2.1'
const GLOBAL = '1.3.6.1.4.1.1206.4.2.6'

/** Scalars, with their `.0`. */
export const SCALAR = {
  globalSetId: `${GLOBAL}.1.1.0`,
  transaction: `${GLOBAL}.2.1.0`,
  verifyStatus: `${GLOBAL}.2.6.0`,
  verifyError: `${GLOBAL}.2.7.0`,
  globalTime: `${GLOBAL}.3.1.0`,
  localTime: `${GLOBAL}.3.6.0`,
  maxPhases: `${ASC}.1.1.0`,
  backupTime: `${ASC}.3.3.0`,
  controlStatus: `${ASC}.3.5.0`,
  flashStatus: `${ASC}.3.6.0`,
  userBackupTime: `${ASC}.3.19.0`,
  operationalMode: `${ASC}.4.1.0`,
  correctionMode: `${ASC}.4.2.0`,
  maximumMode: `${ASC}.4.3.0`,
  forceMode: `${ASC}.4.4.0`,
  maxPatterns: `${ASC}.4.5.0`,
  patternTableType: `${ASC}.4.6.0`,
  maxSplits: `${ASC}.4.8.0`,
  patternStatus: `${ASC}.4.10.0`,
  freeStatus: `${ASC}.4.11.0`,
  syncStatus: `${ASC}.4.13.0`,
  patternControl: `${ASC}.4.14.0`,
  unitSyncPoint: `${ASC}.4.16.0`,
  patternSync: `${ASC}.5.1.0`,
  maxActions: `${ASC}.5.2.0`,
  maxPreempts: `${ASC}.6.1.0`,
  maxRings: `${ASC}.7.1.0`,
  maxSequences: `${ASC}.7.2.0`,
} as const

/** Columns of tables, before the index. */
export const COLUMN = {
  moduleMake: `${GLOBAL}.1.3.1.3`,
  moduleModel: `${GLOBAL}.1.3.1.4`,
  moduleVersion: `${GLOBAL}.1.3.1.5`,
  moduleType: `${GLOBAL}.1.3.1.6`,
  phaseWalk: `${ASC}.1.2.1.2`,
  phasePedestrianClear: `${ASC}.1.2.1.3`,
  phaseMinimumGreen: `${ASC}.1.2.1.4`,
  phaseMaximum1: `${ASC}.1.2.1.6`,
  phaseMaximum2: `${ASC}.1.2.1.7`,
  phaseYellowTenths: `${ASC}.1.2.1.8`,
  phaseRedClearTenths: `${ASC}.1.2.1.9`,
  phaseOptions: `${ASC}.1.2.1.21`,
  phaseRing: `${ASC}.1.2.1.22`,
  phaseConcurrency: `${ASC}.1.2.1.23`,
  phaseMaximum3: `${ASC}.1.2.1.24`,
  groupYellows: `${ASC}.1.4.1.3`,
  groupGreens: `${ASC}.1.4.1.4`,
  groupReds: `${ASC}.1.4.1.2`,
  patternCycle: `${ASC}.4.7.1.2`,
  patternOffset: `${ASC}.4.7.1.3`,
  patternSplit: `${ASC}.4.7.1.4`,
  patternSequence: `${ASC}.4.7.1.5`,
  patternSyncPoint: `${ASC}.4.7.1.6`,
  patternOptions: `${ASC}.4.7.1.7`,
  splitTime: `${ASC}.4.9.1.3`,
  splitMode: `${ASC}.4.9.1.4`,
  splitCoordinated: `${ASC}.4.9.1.5`,
  actionPattern: `${ASC}.5.3.1.2`,
  preemptState: `${ASC}.6.2.1.16`,
  sequenceData: `${ASC}.7.3.1.3`,
  channelReds: `${ASC}.8.4.1.2`,
  channelYellows: `${ASC}.8.4.1.3`,
  channelGreens: `${ASC}.8.4.1.4`,
  overlapType: `${ASC}.9.2.1.2`,
  overlapPhases: `${ASC}.9.2.1.3`,
  overlapModifiers: `${ASC}.9.2.1.4`,
  overlapTrailGreen: `${ASC}.9.2.1.5`,
  overlapTrailYellowTenths: `${ASC}.9.2.1.6`,
  overlapTrailRedTenths: `${ASC}.9.2.1.7`,
  overlapReds: `${ASC}.9.4.1.2`,
  overlapYellows: `${ASC}.9.4.1.3`,
  overlapGreens: `${ASC}.9.4.1.4`,
} as const

/** All that is ever written. The encoder takes nothing else, so that no plan can reach a minimum, a clearance, a ring or a lamp. */
export const WRITABLE = ['splitTime', 'splitMode', 'splitCoordinated', 'patternCycle', 'patternOffset', 'patternSplit', 'patternSequence', 'backupTime', 'patternControl', 'transaction'] as const
export type Writable = (typeof WRITABLE)[number]

interface Rule {
  base: string
  /** Indexes after the base: none for scalars. */
  indexes: string[]
  min: number
  max: number
  unit?: string
  /** Name in the MIB. */
  name: string
}

/** The ranges are narrower than the MIB's where a value is a command that is never given: flash (255), free (254). */
const RULES: Record<Writable, Rule> = {
  splitTime: { base: COLUMN.splitTime, indexes: ['split', 'phase'], min: 0, max: 255, unit: 's', name: 'splitTime' },
  splitMode: { base: COLUMN.splitMode, indexes: ['split', 'phase'], min: 1, max: 8, name: 'splitMode' },
  splitCoordinated: { base: COLUMN.splitCoordinated, indexes: ['split', 'phase'], min: 0, max: 1, name: 'splitCoordPhase' },
  patternCycle: { base: COLUMN.patternCycle, indexes: ['pattern'], min: 0, max: 255, unit: 's', name: 'patternCycleTime' },
  patternOffset: { base: COLUMN.patternOffset, indexes: ['pattern'], min: 0, max: 255, unit: 's', name: 'patternOffsetTime' },
  patternSplit: { base: COLUMN.patternSplit, indexes: ['pattern'], min: 1, max: 255, name: 'patternSplitNumber' },
  patternSequence: { base: COLUMN.patternSequence, indexes: ['pattern'], min: 1, max: 255, name: 'patternSequenceNumber' },
  backupTime: { base: SCALAR.backupTime, indexes: [], min: 0, max: 65_535, unit: 's', name: 'unitBackupTime' },
  patternControl: { base: SCALAR.patternControl, indexes: [], min: 0, max: 253, name: 'systemPatternControl' },
  transaction: { base: SCALAR.transaction, indexes: [], min: 1, max: 3, name: 'dbCreateTransaction' },
}

/** One value to write. */
export interface WriteValue {
  object: Writable
  index: number[]
  value: number
}

export const oidOf = (object: Writable, index: number[]): string => [RULES[object].base, ...index].join('.')

/** In the controller's own terms: `pattern 12 patternCycleTime`. */
export const nameOf = (object: Writable, index: number[]): string => [...RULES[object].indexes.map((word, i) => `${word} ${index[i]}`), RULES[object].name].join(' ')

export const unitOf = (object: Writable): string | undefined => RULES[object].unit

/** Throws `controller.unfit` for a value that the object does not hold. */
export function checkRange({ object, index, value }: WriteValue): void {
  const { min, max, indexes } = RULES[object]
  if (!Number.isInteger(value) || value < min || value > max || index.length !== indexes.length) {
    throw new GreenwaveError('controller.unfit', `${nameOf(object, index)} would be ${value}; the controller holds whole numbers from ${min} to ${max}`)
  }
}

/** Which object an id is. Throws `controller.unfit` for everything that is not on the list. */
export function writeValueOf(oid: string, value: number): WriteValue {
  for (const object of WRITABLE) {
    const { base, indexes } = RULES[object]
    const index = oid === base ? [] : oid.startsWith(`${base}.`) ? oid.slice(base.length + 1).split('.').map(Number) : undefined
    if (index === undefined || index.length !== indexes.length) continue
    const found = { object, index, value }
    checkRange(found)
    return found
  }
  throw new GreenwaveError('controller.unfit', `the object ${oid} is not on the list of what is ever written`)
}
