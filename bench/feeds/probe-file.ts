// Made-up probe files of any length for the bench of feeds: vehicles that drive along streets of a grid, sorted by time, with a known
// number of rows that must not be believed.
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { fromWgs84 } from '../../adapters/feeds/datum.ts'
import type { FeedContext } from '../../adapters/feeds/feed.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import { findProjection } from '../../model/projection.ts'

/** `metres`: as `simulate --observations` writes. `degrees`: WGS-84 and seconds since 1970. `gcj02`: local times and km/h, as fleets in China send. */
export const FORMS = ['metres', 'degrees', 'gcj02'] as const
export type FileForm = (typeof FORMS)[number]

const SIZE_M = 20_000
const PERIOD_S = 3
/** Fixes of a trip. */
const TRIP = 200
/** Vehicles on the road at once. */
const LIVE = 2000
/** Of so many rows, the last is a copy of the one before. */
const COPY_EVERY = 1000

export const fileContext = (form: FileForm): FeedContext => ({
  source: form, datum: form === 'metres' ? undefined : form === 'degrees' ? 'wgs84' : 'gcj02', local: new LocalTime('Asia/Shanghai'), day: parseDay('2026-01-05')!,
  projection: findProjection({ kind: 'projected', projection: '+proj=utm +zone=51', net_offset_m: [-354_000, -3_456_000] }), bounds: [0, 0, SIZE_M, SIZE_M],
})

const HEADERS: Readonly<Record<FileForm, string>> = {
  metres: 'vehicle_id,time_s,x,y,speed_mps,heading_deg', degrees: 'vehicle_id,time,lon,lat,speed_mps,heading_deg', gcj02: 'plate,gps_time,lng,lat,speed_kmh,direction',
}

/** Writes so many rows; says how many of them are to be believed. */
export async function writeProbeFile(path: string, rows: number, form: FileForm): Promise<number> {
  const context = fileContext(form)
  const stream = createWriteStream(path)
  let text = `${HEADERS[form]}\n`
  let before = ''
  let copies = 0
  for (let row = 0; row < rows; row++) {
    if (row % COPY_EVERY === COPY_EVERY - 1) copies++
    else before = line(row, form, context)
    text += before
    if (text.length < 1 << 16) continue
    if (!stream.write(text)) await once(stream, 'drain')
    text = ''
  }
  await new Promise<void>((resolve, reject) => { stream.on('error', reject).end(text, () => resolve()) })
  return rows - copies
}

function line(row: number, form: FileForm, { local, day, projection }: FeedContext): string {
  const step = Math.floor(row / LIVE)
  const slot = row % LIVE
  const vehicle = `${form === 'gcj02' ? '沪A' : 'veh'}${slot + LIVE * Math.floor(step / TRIP)}`
  const way = (slot * 7919 + (step % TRIP) * 40) % (2 * SIZE_M)
  const along = way > SIZE_M ? 2 * SIZE_M - way : way
  const across = (slot * 104_729) % SIZE_M
  const [x, y] = slot % 2 === 0 ? [along, across] : [across, along]
  const [speed, heading] = [13 + (slot % 5) / 10, (slot % 2 === 0 ? 90 : 0) + (way > SIZE_M ? 180 : 0)]
  const time = 61_200 + step * PERIOD_S
  if (form === 'metres') return `${vehicle},${time},${x.toFixed(2)},${y.toFixed(2)},${speed.toFixed(2)},${heading.toFixed(1)}\n`
  const instant = local.instant(day, 0) + time
  const place = projection!.toLonLat([x, y])
  if (form === 'degrees') return `${vehicle},${instant},${place[0].toFixed(7)},${place[1].toFixed(7)},${speed.toFixed(2)},${heading.toFixed(1)}\n`
  const [lon, lat] = fromWgs84('gcj02', ...place)
  const civil = new Date((instant + local.offset(instant)) * 1000).toISOString()
  return `${vehicle},${civil.slice(0, 10)} ${civil.slice(11, 19)},${lon.toFixed(6)},${lat.toFixed(6)},${(speed * 3.6).toFixed(1)},${heading}\n`
}
