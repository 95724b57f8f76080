// A scenario for tests of feeds of probes: metres from a corner in Shanghai, UTM zone 51.
import { LocalTime, parseDay } from '../../../model/local-time.ts'
import { findProjection } from '../../../model/projection.ts'
import type { FeedContext } from '../feed.ts'

/** South-west corner of the network in UTM metres. */
const CORNER = [354_000, 3_456_000] as const
export const projection = findProjection({ kind: 'projected', projection: '+proj=utm +zone=51 +ellps=WGS84', net_offset_m: [-CORNER[0], -CORNER[1]] })!

/** 20 km by 20 km, times of Shanghai on 5 January 2026. */
export const probeContext = (changes: Partial<FeedContext> = {}): FeedContext => ({
  source: 'probes', datum: 'wgs84', projection, local: new LocalTime('Asia/Shanghai'), day: parseDay('2026-01-05')!, bounds: [0, 0, 20_000, 20_000], ...changes,
})

/** Longitude and latitude of scenario metres, to a centimetre. */
export const lonLat = (x_m: number, y_m: number): [string, string] => projection.toLonLat([x_m, y_m]).map((degrees) => degrees.toFixed(7)) as [string, string]
