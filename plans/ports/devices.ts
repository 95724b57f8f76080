// Controllers as they were set up, what is accepted to stand in them, and who may write to one of them now.
import type { Baseline } from '../../model/device/device.ts'
import type { Instant } from '../../model/units.ts'
import type { DeviceRecord } from './controllers.ts'

/** What was last read and found right, by a person or after a permanent change. */
export interface AcceptedBaseline {
  baseline: Baseline
  by: string
  at: Instant
}

/** Writes of ours to one controller. */
export interface DeviceWrites {
  /** Last change of plan. */
  changed_s?: Instant
  /** Local day of the last write, `2026-11-22`, and how many there were on it. */
  day?: string
  writes: number
}

/** The right to write to one controller, until it ends or is given back. */
export interface DeviceLock {
  device: string
  deployment: string
  /** Process that has it. */
  owner: string
  /** Larger than that of whoever had it before. */
  token: number
  until_s: Instant
}

export interface DeviceStore {
  /** By id. */
  list(network?: string): Promise<DeviceRecord[]>
  get(id: string): Promise<DeviceRecord | undefined>
  /** `expected` as for networks: 0 for a new one. Throws `store.conflict`. */
  put(device: DeviceRecord, expected: number): Promise<DeviceRecord>
  /** Its accepted baseline goes as well. Throws `store.conflict`. */
  remove(id: string, expected: number): Promise<void>
  accepted(id: string): Promise<AcceptedBaseline | undefined>
  accept(id: string, baseline: AcceptedBaseline): Promise<void>
  writes(id: string): Promise<DeviceWrites>
  countWrite(id: string, day: string): Promise<void>
  noteChange(id: string, changed_s: Instant): Promise<void>
  /**
   * One holder a device. Whoever had it last for this deployment keeps its token and gets more time, also late, as long as nobody else took it.
   * Undefined where somebody else holds it until later than `now`. With `force` it is had anyway, and with a new token even by whoever has it.
   */
  lock(request: Omit<DeviceLock, 'token'> & { now: Instant; force?: boolean }): Promise<DeviceLock | undefined>
  holder(device: string): Promise<DeviceLock | undefined>
  /** Nothing happens where somebody else has it by now. */
  unlock(lock: Pick<DeviceLock, 'device' | 'token'>): Promise<void>
}
