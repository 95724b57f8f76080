// Everything that a baseline rests on: classes 4, 6, 7, 9, 10, 11 and 12, read a few values at a time.
import type { DeviceConfig, DeviceSlot } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Signal } from '../../../model/signal.ts'
import { type Address, addressOf } from './codec.ts'
import type { Settings } from './config.ts'
import { type Facts, type Image, numberAt, planFacts, rowsOf, textOf, timingOfPlan } from './facts.ts'
import { ATTRIBUTES, attributeOf } from './objects.ts'
import type { Session } from './session.ts'

const COUNTS = { phases: '4.1.0.0', stages: '6.1.0.0', plans: '9.1.0.0', day_plans: '11.1.0.0', schedule: '12.1.0.0' } as const
/** Tables, with the count that says how many rows they have. */
const TABLES: readonly [table: string, count: keyof typeof COUNTS][] = [
  ['4.2', 'phases'], ['6.2', 'stages'], ['7.1', 'phases'], ['7.2', 'phases'], ['9.2', 'plans'], ['10.1', 'stages'], ['11.2', 'day_plans'], ['12.2', 'schedule'],
]
/** A datagram has at most 1400 bytes; head and foot take 17. */
const MOST_ANSWER = 1380
const OVERHEAD = 6

/** Addresses in pieces whose answers fit into one datagram. */
export function inPieces(addresses: readonly Address[], most: number): Address[][] {
  const pieces: Address[][] = []
  let left = 0
  for (const address of addresses) {
    const bytes = OVERHEAD + (attributeOf(`${address.class}.${address.object}.${address.attribute}`)?.bytes ?? 0)
    if (bytes > left || pieces.at(-1)!.length >= most) {
      pieces.push([])
      left = MOST_ANSWER
    }
    pieces.at(-1)!.push(address)
    left -= bytes
  }
  return pieces
}

/** Throws controller.malformed for a controller that counts no phases or gives a value another width than the standard. */
export async function readImage(session: Session, { plans = [], profile }: Settings, signal: AbortSignal): Promise<Image> {
  const read = async (ids: readonly string[]): Promise<Record<string, string>> => {
    const image: Record<string, string> = {}
    for (const piece of inPieces(ids.map(addressOf), profile.most_values)) for (const [id, data] of await session.read(piece, signal)) image[id] = textOf(widthChecked(id, data))
    return image
  }
  const counts = await read(Object.values(COUNTS))
  if ((numberAt(counts, COUNTS.phases) ?? 0) === 0) throw new GreenwaveError('controller.malformed', 'the controller counts no phases (4.1)')
  const ids = TABLES.flatMap(([table, count]) => {
    const counted = Array.from({ length: numberAt(counts, COUNTS[count]) ?? 0 }, (_, i) => i + 1)
    const rows = count === 'plans' ? [...new Set([...counted, ...plans])] : counted
    // What only says its own row number tells nothing.
    return rows.flatMap((row) => ATTRIBUTES.filter(({ id }) => id.startsWith(`${table}.`) && id !== `${table}.1`).map(({ id }) => `${id}.${row}`))
  })
  return { ...counts, ...await read(ids) }
}

function widthChecked(id: string, data: Uint8Array): Uint8Array {
  const width = attributeOf(id.slice(0, id.lastIndexOf('.')))?.bytes ?? 0
  if (width !== 0 && data.length !== width) throw new GreenwaveError('controller.malformed', `the controller sent ${id} with ${data.length} bytes; the standard has ${width}`)
  return data
}

export function configOf(image: Image, facts: Facts, settings: Settings, signal: Signal, active: number | undefined): DeviceConfig {
  const groupOf = new Map(facts.phases.map(({ phase, group }) => [phase, group]))
  return {
    groups: facts.phases.map(({ phase, group, min_green, flash, yellow, red }) => {
      const kind = signal.groups.find(({ id }) => id === group)?.kind ?? 'vehicle'
      const walks = kind === 'pedestrian' && flash > 0 ? { walk: min_green, pedestrian_clearance: flash } : {}
      return { group, name: `phase ${phase}`, kind, min_green: min_green + flash, yellow, red_clearance: red, ...walks }
    }),
    conflicts: [...facts.conflicts].flatMap(([from, others]) => others.filter((to) => to > from && groupOf.has(from) && groupOf.has(to)).map((to): [string, string] => [groupOf.get(from)!, groupOf.get(to)!])),
    intergreens: facts.phases.flatMap(({ phase, group, flash }) => (facts.intergreens.get(phase) ?? []).flatMap((time, i) => {
      const to = groupOf.get(i + 1)
      // The controller counts from the loss of right of way; lamps flash green for a while after it.
      return to === undefined || time === 0 ? [] : [{ from: group, to, time: Math.max(0, time - flash) }]
    })),
    slots: rowsOf(image, '9.2.3').map((plan): DeviceSlot => {
      const stored = planFacts(image, plan, facts.order)
      const timing = stored === undefined ? undefined : timingOfPlan(facts, stored, settings.profile)
      return { slot: plan, used_by: usersOf(image, plan, settings, active), ...(timing === undefined ? {} : { timing }) }
    }),
  }
}

/** Day plans count whether or not the schedule names them: tomorrow it may. */
function usersOf(image: Image, plan: number, { intersection }: Settings, active: number | undefined): string[] {
  const owner = numberAt(image, `9.2.2.${plan}`) ?? 0
  const days = rowsOf(image, '11.2.4').filter((day) => Buffer.from(image[`11.2.4.${day}`]!, 'hex').includes(plan))
  return [
    ...(active === plan ? ['runs now'] : []), ...days.map((day) => `day plan ${day}`),
    ...(owner !== 0 && owner !== intersection && numberAt(image, `9.2.3.${plan}`) !== 0 ? [`intersection ${owner}`] : []),
  ]
}
