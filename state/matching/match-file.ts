// What the `match` command writes: one NDJSON row per fix, `{vehicle_id, time_s, link, position_m, offset_m}`, links by their
// `source_id`, null where a fix was not matched. Rows of a vehicle stand in order of time; those of different vehicles mix.
import type { Fix } from '../../model/feed.ts'
import type { MatchTotals } from './emitter.ts'
import { Matcher } from './matcher.ts'
import type { MatchRoad } from './road.ts'
import type { TileResidual } from './tiles.ts'

export interface MatchedFile {
  totals: MatchTotals
  residuals: TileResidual[]
  /** What the fixes taught of the source's noise, one sigma. */
  sigma_m: number
}

/** Matches batches of fixes, each vehicle's in order of time; awaits `write` after every batch, which gets whole lines. */
export async function matchFile(road: MatchRoad, batches: AsyncIterable<readonly Fix[]> | Iterable<readonly Fix[]>, write: (lines: string) => void | Promise<void>): Promise<MatchedFile> {
  const { links } = road.network
  let lines: string[] = []
  const matcher = new Matcher(road, ({ vehicle, time_s, link, position_m, offset_m }) => {
    lines.push(JSON.stringify({ vehicle_id: vehicle, time_s, link: links[link]!.source_id, position_m: centimetres(position_m), offset_m: centimetres(offset_m) }))
  }, {
    unmatched: (vehicle, { time_s }) => {
      lines.push(JSON.stringify({ vehicle_id: vehicle, time_s, link: null, position_m: null, offset_m: null }))
    },
  })
  const flush = async (): Promise<void> => {
    if (lines.length === 0) return
    const text = `${lines.join('\n')}\n`
    lines = []
    await write(text)
  }
  for await (const batch of batches) {
    for (const fix of batch) matcher.push(fix)
    await flush()
  }
  matcher.end()
  await flush()
  return { totals: matcher.totals(), residuals: matcher.residuals(), sigma_m: matcher.noise()?.sigma_m ?? Number.NaN }
}

const centimetres = (metres: number): number => Math.round(metres * 100) / 100
