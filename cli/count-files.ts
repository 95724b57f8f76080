// Turning counts of several days as a command is given them.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { importCountDays } from '../adapters/formats/counts/index.ts'
import { GreenwaveError, type ImportNote } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import type { DayDemand } from '../plans/schedule-days.ts'
import type { CommandContext, Options } from './arguments.ts'

export interface CountFiles {
  days: DayDemand[]
  /** SHA-256 of each file by name. */
  hashes: Record<string, string>
}

/** --counts-map: site of the counts to intersection. Throws usage. */
export function countsMapOf(options: Options): Record<string, string> {
  return Object.fromEntries(options.list('counts-map').map((entry) => {
    const [site, id] = entry.split('=')
    if (site === undefined || id === undefined) throw new GreenwaveError('usage', `--counts-map is "${entry}"; it must be site=id`)
    return [site, id]
  }))
}

/** --days, or undefined where it is not given. Which site is which is told by names or by the volumes of the scenario. Throws usage and input.*. */
export async function readDays({ options, err }: CommandContext, scenario: Scenario): Promise<CountFiles | undefined> {
  const files = options.list('days')
  if (files.length === 0) {
    const idle = ['counts-map', 'holiday'].find((name) => options.list(name).length > 0)
    if (idle !== undefined) throw new GreenwaveError('usage', `--${idle} says something of counted days; give them with --days`)
    return undefined
  }
  const notes: ImportNote[] = []
  const design = scenario.demand.volumes.map(({ movement, volume_vph }) => ({ movement, volume_vph: volume_vph.reduce<number>((sum, volume) => sum + (volume ?? 0), 0) }))
  const days = await importCountDays(files, { network: scenario.network, design, map: countsMapOf(options), notes })
  const stray = options.list('holiday').find((date) => !days.some(({ day }) => day === date))
  if (stray !== undefined) throw new GreenwaveError('usage', `--holiday is "${stray}"; it must be one of the counted days, from ${days[0]!.day} to ${days.at(-1)!.day}`)
  if (!options.flag('quiet')) for (const { place, message } of notes) err.write(`${place.file ?? ''}${place.element === undefined ? '' : `, ${place.element}`}: ${message}\n`)
  const hashes = await Promise.all(files.map(async (file) => [basename(file), createHash('sha256').update(await readFile(file)).digest('hex')] as const))
  return { days, hashes: Object.fromEntries(hashes) }
}
