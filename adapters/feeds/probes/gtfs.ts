// Vehicle positions of GTFS-Realtime: its JSON form and its protocol buffers, of which only what a fix needs is read (field numbers of
// gtfs-realtime.proto, version 2.0). Entities are taken one by one.
import { PbfReader } from 'pbf'
import type { Fix } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import { type ByteSource, type Damage, unpackedBytes } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { JsonItems } from '../json-items.ts'
import { firstOf, isObject, type JsonObject, nameOf, numberOf } from '../ndjson.ts'
import { refuse } from '../refuse.ts'
import { FixMaker } from './fix-maker.ts'
import { layOut } from './layout.ts'

/** An entity as far as it is read; undefined for what it does not say. */
interface VehicleEntity {
  id?: string | undefined
  vehicle?: string | undefined
  trip?: string | undefined
  lon?: number
  lat?: number
  bearing?: number
  speed?: number
  timestamp?: number | string | undefined
  /** True where it has a vehicle position at all: trip updates and alerts have none. */
  positioned: boolean
}

/** No entity is longer. */
const LONGEST_BYTES = 1_000_000

/** Turns entities into fixes. */
class EntityDecoder {
  /** Of the header: what a position without a time of its own has. */
  timestamp: number | string | undefined
  readonly #account: FeedAccount
  readonly #maker: FixMaker
  #entity: VehicleEntity = { positioned: false }

  constructor(source: string, context: FeedContext, account: FeedAccount) {
    this.#account = account
    this.#maker = new FixMaker({ ...context, speed_unit: 'mps' }, account, () => `${source}, entity "${this.#entity.id ?? ''}"`)
    layOut((column) => ['vehicle', 'time', 'lon', 'lat'].includes(column), [], context, account, source)
    this.#maker.plane = 'degrees'
    this.#maker.times.settle([1e9])
  }

  decode(entity: VehicleEntity): Fix | undefined {
    this.#account.read++
    this.#entity = entity
    const maker = this.#maker
    if (!entity.positioned) return maker.drop('not-a-position', () => 'it is no vehicle position but a trip update or an alert')
    maker.vehicle = entity.vehicle ?? entity.trip ?? entity.id ?? ''
    const time = entity.timestamp ?? this.timestamp
    maker.timeText = String(time ?? '')
    maker.time_s = maker.times.value(time)
    maker.east = entity.lon ?? Number.NaN
    maker.north = entity.lat ?? Number.NaN
    maker.heading = entity.bearing ?? Number.NaN
    maker.speed = entity.speed ?? Number.NaN
    maker.kind = ''
    return maker.make()
  }

  damaged(cause: string, why: string): void {
    this.#account.read++
    this.#maker.drop(cause, () => why)
  }
}

/** Fixes of one GTFS-Realtime message as JSON: `{"header": ..., "entity": [...]}`, names in either spelling. */
export async function* readGtfsJsonProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  const damage: Damage = {}
  const [items, text] = [new JsonItems(), new TextDecoder()]
  let decoder: EntityDecoder | undefined
  for await (const bytes of unpackedBytes(source, damage, signal)) {
    decoder ??= new EntityDecoder(source.name, context, account)
    const fixes: Fix[] = []
    for (const item of items.push(text.decode(bytes, { stream: true }))) {
      const object = parseObject(item.text)
      if (item.kind === 'field') decoder.timestamp ??= timeOf(object?.timestamp)
      else if (object === undefined) decoder.damaged('not-json', `"${item.text.slice(0, 60)}" is not JSON`)
      else {
        const fix = decoder.decode(entityOf(object))
        if (fix !== undefined) fixes.push(fix)
      }
    }
    yield fixes
  }
  if (signal?.aborted !== true) endOf(decoder, damage, items.pending > 0, items.skipped)
}

function endOf(decoder: EntityDecoder | undefined, damage: Damage, cut: boolean, skipped = 0): void {
  if (damage.cause !== undefined) decoder?.damaged(damage.cause, 'the packed file breaks off here; what stands before is used')
  else if (cut) decoder?.damaged('source-truncated', 'the message ends in the middle of the entity after this')
  for (let count = 0; count < skipped; count++) decoder?.damaged('line-too-long', `the entity after this is longer than ${LONGEST_BYTES} characters`)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const timeOf = (value: unknown): number | string | undefined => (typeof value === 'number' || typeof value === 'string' ? value : undefined)
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

function entityOf(object: JsonObject): VehicleEntity {
  const vehicle = objectOf(object.vehicle)
  const position = objectOf(vehicle.position)
  const descriptor = objectOf(vehicle.vehicle)
  return {
    id: nameOf(object.id), vehicle: nameOf(firstOf(descriptor, ['id', 'label', 'licensePlate', 'license_plate'])),
    trip: nameOf(firstOf(objectOf(vehicle.trip), ['tripId', 'trip_id'])), timestamp: timeOf(vehicle.timestamp), positioned: isObject(vehicle.position),
    lon: numberOf(position.longitude), lat: numberOf(position.latitude), bearing: numberOf(position.bearing), speed: numberOf(position.speed),
  }
}

/** Fixes of one GTFS-Realtime message in protocol buffers. Refuses what does not begin with a header. */
export async function* readGtfsProbes(source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal): AsyncGenerator<Fix[]> {
  const damage: Damage = {}
  let decoder: EntityDecoder | undefined
  let rest: Uint8Array = new Uint8Array(0)
  for await (const bytes of unpackedBytes(source, damage, signal)) {
    if (decoder === undefined) {
      if (bytes[0] !== HEADER) refuse(account, 'input.format', `it begins with byte ${bytes[0]}; a GTFS-Realtime message begins with its header (byte ${HEADER})`, { file: source.name })
      decoder = new EntityDecoder(source.name, context, account)
    }
    const fixes: Fix[] = []
    const { used, broken } = readFields(rest.length === 0 ? bytes : (rest = Buffer.concat([rest, bytes])), decoder, fixes)
    rest = (rest.length === 0 ? bytes : rest).subarray(used)
    yield fixes
    if (!broken) continue
    decoder.damaged('source-damaged', 'what comes after this is no entity; the rest of the message is left out')
    return
  }
  if (signal?.aborted !== true) endOf(decoder, damage, rest.length > 0)
}

/** Tag of field 1 and of field 2 with a length: the header, and an entity. */
const [HEADER, ENTITY] = [0x0a, 0x12]

/** Reads the whole fields that begin a stretch of the message; how many bytes they took, and whether what follows is none. */
function readFields(bytes: Uint8Array, decoder: EntityDecoder, fixes: Fix[]): { used: number; broken: boolean } {
  let used = 0
  for (;;) {
    const field = fieldAt(bytes, used)
    if (field === undefined) return { used, broken: false }
    if (field === 'broken') return { used, broken: true }
    const { tag, from, to } = field
    used = to
    try {
      if (tag === HEADER) new PbfReader(bytes.subarray(from, to)).readFields(readHeader, decoder)
      else if (tag === ENTITY) {
        const fix = decoder.decode(new PbfReader(bytes.subarray(from, to)).readFields(readEntity, { positioned: false }))
        if (fix !== undefined) fixes.push(fix)
      }
    } catch {
      decoder.damaged('malformed', `the entity after this can't be read as protocol buffers`)
    }
  }
}

/** The field with a length that begins at a place: undefined where bytes are still missing, `broken` where there can be none. */
function fieldAt(bytes: Uint8Array, at: number): { tag: number; from: number; to: number } | 'broken' | undefined {
  if (at >= bytes.length) return undefined
  const tag = bytes[at]!
  if ((tag & 7) !== 2 || tag === 2) return 'broken'
  let length = 0
  for (let i = 1, scale = 1; ; i++, scale *= 128) {
    if (i > 4) return 'broken'
    if (at + i >= bytes.length) return undefined
    const byte = bytes[at + i]!
    length += (byte & 127) * scale
    if (byte >= 128) continue
    if (length > LONGEST_BYTES) return 'broken'
    const from = at + i + 1
    return from + length > bytes.length ? undefined : { tag, from, to: from + length }
  }
}

const readHeader = (tag: number, decoder: EntityDecoder, pbf: PbfReader): void => {
  if (tag === 3) decoder.timestamp = pbf.readVarint()
}

const readEntity = (tag: number, entity: VehicleEntity, pbf: PbfReader): void => {
  if (tag === 1) entity.id = pbf.readString()
  else if (tag === 4) pbf.readMessage(readVehicle, entity)
}

const readVehicle = (tag: number, entity: VehicleEntity, pbf: PbfReader): void => {
  if (tag === 1) entity.trip = pbf.readMessage(readName, { name: undefined }).name
  else if (tag === 2) {
    entity.positioned = true
    pbf.readMessage(readPosition, entity)
  } else if (tag === 5) entity.timestamp = pbf.readVarint()
  else if (tag === 8) entity.vehicle = pbf.readMessage(readDescriptor, { name: undefined }).name
}

interface Named { name: string | undefined }

const readName = (tag: number, named: Named, pbf: PbfReader): void => {
  if (tag === 1) named.name = pbf.readString() || undefined
}

/** Id, else label, else plate. */
const readDescriptor = (tag: number, named: Named, pbf: PbfReader): void => {
  if (tag < 1 || tag > 3) return
  const text = pbf.readString() || undefined
  if (tag === 1 || named.name === undefined) named.name = text
}

const readPosition = (tag: number, entity: VehicleEntity, pbf: PbfReader): void => {
  if (tag === 1) entity.lat = pbf.readFloat()
  else if (tag === 2) entity.lon = pbf.readFloat()
  else if (tag === 3) entity.bearing = pbf.readFloat()
  else if (tag === 5) entity.speed = pbf.readFloat()
}
