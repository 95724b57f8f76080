// A batch as it was sent, to fixes: unpacked within limits, decoded as its feed declares.
import { createHash } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type ByteSource, memorySource } from '../../adapters/feeds/bytes.ts'
import { ProbeFeed, type ProbeForm } from '../../adapters/feeds/probes/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Datum, Fix, FeedHealth } from '../../model/feed.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { CoordinateReference, Network } from '../../model/network.ts'
import { findProjection, type Projection } from '../../model/projection.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import { columnsOf, type FixColumns } from '../../plans/live/fix-columns.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'

/** As sent, and unpacked. */
export const BATCH_LIMITS = { bytes: 8_000_000, unpacked_bytes: 32_000_000, fixes: 100_000 } as const

/** Decoded at a stretch, some two thousand fixes; then whoever else waits for this thread is served: a cabinet's poll must not wait for a whole batch. */
const STRETCH_BYTES = 256 * 1024

const unpack = promisify(gunzip)
const DATUMS: readonly unknown[] = ['wgs84', 'gcj02', 'bd09', 'scenario'] satisfies readonly Datum[]
const SPEED_UNITS: readonly unknown[] = ['mps', 'kmh', 'mph']
const FORMS: readonly unknown[] = ['csv', 'ndjson', 'fcd', 'gtfs', 'gtfs-json'] satisfies readonly ProbeForm[]

/** A batch as its sender wrote it. */
export interface OpenBatch {
  bytes: Uint8Array
  /** Hash of the bytes: packed or not, the same batch has the same. */
  content: string
}

/** Throws `request.too-large`, `request.malformed` for a broken archive. */
export async function openBatch(sent: Uint8Array): Promise<OpenBatch> {
  const bytes = await unpacked(sent)
  return { bytes, content: createHash('sha256').update(bytes).digest('base64url') }
}

/** What decoding asks of a scenario: small enough to go to another thread with every batch. */
export interface Ground {
  coordinate_reference: CoordinateReference
  /** Of the nodes: least x, least y, most x, most y. */
  bounds: readonly [number, number, number, number]
  time_zone: string
}

/** What decoding asks of a feed. */
export type DecodedFeed = Pick<FeedRecord, 'id' | 'format' | 'settings'>

export interface DecodedBatch {
  fixes: FixColumns
  health: FeedHealth
}

/** Throws `request.too-large`, `input.*` where the batch can't be believed at all. */
export async function decodeBatch(feed: DecodedFeed, ground: Ground, bytes: Uint8Array, now: Instant): Promise<DecodedBatch> {
  const { datum, time_zone, speed_unit } = feed.settings
  const local = localTime(typeof time_zone === 'string' ? time_zone : ground.time_zone)
  const probes = new ProbeFeed([inStretches(feed.id, bytes)], {
    source: feed.id, datum: DATUMS.includes(datum) ? (datum as Datum) : undefined, projection: projectionOf(ground), local, day: local.day(now), now,
    bounds: ground.bounds, ...(SPEED_UNITS.includes(speed_unit) ? { speed_unit: speed_unit as 'mps' } : {}),
  }, FORMS.includes(feed.format) ? (feed.format as ProbeForm) : undefined)
  const fixes: Fix[] = []
  for await (const some of probes.batches()) {
    for (const fix of some) fixes.push(fix)
    if (fixes.length > BATCH_LIMITS.fixes) throw new GreenwaveError('request.too-large', `The batch has more than ${BATCH_LIMITS.fixes} fixes`)
  }
  return { fixes: columnsOf(fixes), health: probes.account.health() }
}

function inStretches(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    async *open(signal) {
      let stretch = 0
      for await (const chunk of memorySource(name, bytes).open(signal)) {
        yield chunk
        stretch += chunk.length
        if (stretch < STRETCH_BYTES) continue
        stretch = 0
        await othersTurn()
      }
    },
  }
}

// Batches are small and many: what is the same for all of a network is made once.
const grounds = new WeakMap<Network, Ground>()
const zones = new Map<string, LocalTime>()
const projections = new Map<string, Projection | undefined>()
/** Zones that there are, about; and more ways to draw a plane than one process has networks. */
const MOST_ZONES = 600
const MOST_PROJECTIONS = 100

export function groundOf({ network, scenario }: Scenario): Ground {
  let ground = grounds.get(network)
  if (ground === undefined) {
    const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
    for (const { x_m, y_m } of network.nodes) {
      bounds[0] = Math.min(bounds[0], x_m)
      bounds[1] = Math.min(bounds[1], y_m)
      bounds[2] = Math.max(bounds[2], x_m)
      bounds[3] = Math.max(bounds[3], y_m)
    }
    ground = { coordinate_reference: network.coordinate_reference, bounds, time_zone: scenario.time_zone }
    grounds.set(network, ground)
  }
  return ground
}

/** The same object for the same plane: metres between degrees are remembered with it. */
function projectionOf({ coordinate_reference }: Ground): Projection | undefined {
  const key = JSON.stringify(coordinate_reference)
  const known = projections.get(key)
  if (known !== undefined || projections.has(key)) return known
  const projection = findProjection(coordinate_reference)
  if (projections.size >= MOST_PROJECTIONS) projections.clear()
  projections.set(key, projection)
  return projection
}

function localTime(time_zone: string): LocalTime {
  let local = zones.get(time_zone)
  if (local === undefined) {
    local = new LocalTime(time_zone)
    if (zones.size < MOST_ZONES) zones.set(time_zone, local)
  }
  return local
}

async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await unpack(bytes, { maxOutputLength: BATCH_LIMITS.unpacked_bytes })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new GreenwaveError('request.too-large', `The batch has more than ${BATCH_LIMITS.unpacked_bytes} bytes unpacked`)
    throw new GreenwaveError('request.malformed', `The batch cannot be unpacked: ${(error as Error).message}`, undefined, error)
  }
}
