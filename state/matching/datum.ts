// Whether a source is on the datum that it declared: fixes that lie off the roads by the same vector everywhere are on another.
// GCJ-02 taken for WGS-84 is 300 to 700 m off, so most of them meet no road at all.
import type { Metres } from '../../model/units.ts'
import type { TileResidual } from './tiles.ts'

export type DatumLevel = 'normal' | 'warning' | 'alarm'

export interface DatumVerdict {
  level: DatumLevel
  /** By which matched fixes lie off, the median over tiles; null where no tile can tell. */
  shift_m: Metres | null
  unmatched_share: number
  sentence: string
}

/** Below is what lanes and maps explain, above is another datum. */
const NORMAL_M = 5
const ALARM_M = 50
/** Fewer fixes say nothing. */
const LEAST_FIXES = 100
/** So many fixes beside all roads are told. */
const LOST_SHARE = 0.5

/** Of all tiles of a source together. */
export function judgeDatum(tiles: readonly TileResidual[]): DatumVerdict {
  const [fixes, unmatched] = [tiles.reduce((sum, tile) => sum + tile.fixes, 0), tiles.reduce((sum, tile) => sum + tile.unmatched, 0)]
  const unmatched_share = fixes + unmatched === 0 ? 0 : unmatched / (fixes + unmatched)
  const shifts = tiles.flatMap(({ shift_m }) => (shift_m === null ? [] : [Math.hypot(...shift_m)])).sort((a, b) => a - b)
  const shift_m = shifts.length === 0 ? null : shifts[Math.floor((shifts.length - 1) / 2)]!
  if (fixes + unmatched < LEAST_FIXES) return { level: 'normal', shift_m, unmatched_share, sentence: 'too few fixes to judge the datum' }
  if (shift_m !== null && shift_m > ALARM_M) return { level: 'alarm', shift_m, unmatched_share, sentence: `its fixes lie ${Math.round(shift_m)} m beside the roads everywhere: its datum is not what was declared` }
  if (shift_m !== null && shift_m > NORMAL_M) return { level: 'warning', shift_m, unmatched_share, sentence: `its fixes lie ${Math.round(shift_m)} m beside the roads everywhere: the map or its datum is shifted` }
  // Whoever measures one corridor with the probes of a city meets this, too.
  if (unmatched_share > LOST_SHARE) return { level: 'warning', shift_m, unmatched_share, sentence: `${Math.round(100 * unmatched_share)} % of its fixes lie on no road of this network: they are elsewhere, or on another datum` }
  return { level: 'normal', shift_m, unmatched_share, sentence: 'its fixes lie on the roads' }
}
