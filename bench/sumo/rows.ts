// A comparison as a line of the table.
import type { Change, Comparison, Estimate } from './compare.ts'

export const CHECK_HEADER = [
  'net plan, model step', 'veh', 'done % us/SUMO', 'locked', 'tele', 'travel s us/SUMO', 'diff %', 'entry s us/SUMO', 'routes % (busy, own)', 'GEH<5 %', 'change % us/SUMO', 'gates',
]

const percent = (share: number, digits = 1): string => (Number.isNaN(share) ? '–' : (100 * share).toFixed(digits))
const withInterval = ({ value, ci95 }: Estimate): string => `${percent(value)}±${percent(ci95)}`

/** Every column but the first and the last. */
export function checkRow(comparison: Comparison, change: Change | undefined): string[] {
  const { vehicles, seeds, ours, sumo, difference, rmspe, geh } = comparison
  return [
    vehicles.toFixed(0), `${percent(ours.completed, 2)}/${percent(sumo.completed, 2)}`, `${ours.gridlocked}/${seeds}`, String(sumo.teleports),
    `${ours.travel_s.toFixed(1)}/${sumo.travel_s.toFixed(1)}`, withInterval(difference), `${ours.insertion_s.toFixed(1)}/${sumo.insertion_s.toFixed(1)}`,
    `${percent(rmspe.weighted)} (${percent(rmspe.busy)}/${rmspe.busyRoutes}, ${percent(rmspe.own)})`, percent(geh.share),
    change === undefined ? '' : `${withInterval(change.ours)}/${withInterval(change.sumo)}`,
  ]
}
