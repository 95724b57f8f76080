// What a dry run tells. Types alone: pages show it, and know nothing of who computes it.
import type { DeviceMode, Identity, LampTiming, WriteFinding, WriteSet } from '../../model/device/device.ts'
import type { GroupId } from '../../model/signal.ts'
import type { Compared } from '../workflow/compared.ts'

/** What would be sent to one controller, and what stands against it. */
export interface Rehearsal {
  device: string
  signal: string
  identity?: Identity
  /** As it was read just now. */
  now?: DeviceNow
  writes?: WriteSet
  /** What the rules compared, by the controller's own minimums, clearances and conflicts. */
  compared?: Compared[]
  findings: WriteFinding[]
  /** Of the findings, what would stop it. */
  obstacles: WriteFinding[]
  /** Why it could not be computed. */
  sentence?: string
  code?: string
}

/** What a controller runs, in the terms of a push. */
export interface DeviceNow {
  mode: DeviceMode
  active_slot?: number
  /** Of the slot that runs. */
  timing?: LampTiming
  /** What the controller calls its groups. */
  groups: { group: GroupId; name: string }[]
  clock_skew_s?: number
  /** Whether it holds what was accepted; absent where nothing ever was. */
  as_accepted?: boolean
}
