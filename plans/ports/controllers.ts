// What stands in the street, as the workflow needs it: given a timing, read back, watched, taken back. One adapter a protocol keeps this contract
// (adapters/controllers); its suite is adapters/controllers/conformance.ts.
import type { Baseline, Difference, WriteFinding, Identity, ItemResult, ControlLease, LiveSample, Observation, WantedTiming, WriteSet } from '../../model/device/device.ts'
import type { Pattern, Signal, SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'

/** A pattern as approved, with its hash: what a controller answers for is this and nothing else. */
export interface ControllerTiming {
  signal: SignalId
  pattern: Pattern
  hash: string
}

/** What became of writing one controller. */
export interface PushReceipt {
  signal: SignalId
  /** Of the timing that was sent. */
  hash: string
  accepted: boolean
  at: Instant
  /** Why not, or which slot it stands in. */
  sentence?: string
}

/** What a controller was seen to run. */
export interface ReadBack {
  signal: SignalId
  /** Of the timing that was expected. */
  hash: string
  same: boolean
  at: Instant
  /** What differs. */
  sentence?: string
}

/**
 * One controller over its protocol. Every method that touches the wire throws `controller.unreachable` where no answer comes, `controller.refused` where the
 * controller says no, `controller.malformed` where what it says can't be read; none of them writes what is not in the write set. One call at a time.
 */
export interface ControllerAdapter {
  identify(signal: AbortSignal): Promise<Identity>
  readConfig(signal: AbortSignal): Promise<Baseline>
  /** Pure: what to write so that the controller runs the timing, in a spare slot. Throws `controller.unfit` where the protocol or its values can't say it; never clips. */
  plan(base: Baseline, want: WantedTiming): WriteSet
  /** Pure: what only this protocol knows (ranges, unknown profile values), beside the common rules of model/device/check-write.ts. */
  check(base: Baseline, writes: WriteSet): WriteFinding[]
  /** Sends the frames of the write set, no more; stops at the first item without an acknowledgement and says so. Level 1. */
  push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]>
  /** Reads every item again; empty = level 2. */
  verify(writes: WriteSet, signal: AbortSignal): Promise<Difference[]>
  /** Makes the slot run from the first cycle end at or after `at`. Answered = accepted, not effective. With a lease where the protocol has one. */
  activate(writes: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void>
  /** Prolongs a lease. Only where `capabilities.lease` is not `no`. */
  renew(writes: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void>
  /** Watches until so many whole cycles were seen since the slot began, or it is clear that it does not follow, or `signal` aborts (what was seen is told). */
  observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation>
  /** Gives control back to what ran before: releases, restores what was written, and reads that it holds. Needs no approval and works from any state. */
  rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation>
  /** Lamps as they are, until `signal` aborts. */
  live(signal: AbortSignal): AsyncIterable<LiveSample>
  close(): Promise<void>
}

/** One message on the wire, secrets replaced by a mark. */
export interface WireEntry {
  time_s: Instant
  device: string
  direction: 'sent' | 'received'
  hex: string
  /** What it is, or why it was not believed. */
  note?: string
}

/** A controller as the operator set it up. */
export interface DeviceRecord {
  id: string
  network: string
  signal: SignalId
  /** Of a driver, for example `ntcip`. */
  protocol: string
  /** Address, profile, and which of our groups and stages is which number there; each driver says its own. No secrets. */
  settings: Record<string, unknown>
  enabled: boolean
  version: number
}

export interface DriverContext {
  /** The signal that it drives, as the network has it. */
  signal: Signal
  /** Of the scenario: master time is seconds since local midnight. */
  time_zone: string
  /** Instant, s since 1970. Emulators run faster than life: cycles are waited for by this clock, sockets by the computer's. */
  now(): Instant
  /** Comes back after so long by the same clock. Throws the signal's reason when it aborts. */
  wait(seconds: number, signal: AbortSignal): Promise<void>
  wire(entry: WireEntry): void
  /** Keys, passwords, communities: by name, from the operator's files. Undefined where there is none. */
  secret(name: string): string | undefined
}

/** A protocol. */
export interface ControllerDriver {
  protocol: string
  /** Checks the settings; throws `input.value` with place and value. Opens no connection before the first call. */
  open(device: DeviceRecord, context: DriverContext): ControllerAdapter
}
