// diagnose: congested places of a measured scenario, why they are, and what would help, tried in simulation first.
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { writeWhole } from '../../adapters/formats/scenario/write.ts'
import type { PlaceCard, Worklist, WorkStatus } from '../../model/diagnosis.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime, parseDay } from '../../model/local-time.ts'
import { advance, dailyOf, diagnosePlaces, mergeWorklist, recommended, type Diagnosis } from '../../plans/diagnosis/index.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { startProgress } from '../progress.ts'
import { readJson, readState } from '../read-state.ts'
import { writeDiagnosisFiles } from '../state-files.ts'

export const command: Command = {
  name: 'diagnose',
  positionals: '<scenario>',
  summary: 'congested places, their causes, and treatments tried in simulation',
  options: {
    'state': { type: 'string', value: 'f', help: 'traffic state, as `measure --json` prints it' },
    'period': { type: 'string', value: 'id', help: 'period to diagnose (default: the first)' },
    'seeds': { type: 'string', value: 'n', help: 'runs that judge each treatment; 0 tries none (default 5)' },
    'places': { type: 'string', value: 'n', help: 'at most so many places, the costliest (default 5)' },
    'out': { type: 'string', value: 'dir', help: 'write diagnosis.json and report.html into this folder' },
    'worklist': { type: 'string', value: 'f', help: 'JSON file of cards to go on with; it is written anew' },
    'set': { type: 'string', value: 'id=status', help: 'move one card of the worklist a step on (with --by), and do nothing else' },
    'by': { type: 'string', value: 'name', help: 'who does so' },
    'date': { type: 'string', value: 'YYYY-MM-DD', help: 'day of the diagnosis or of the step (default today)' },
    'note': { type: 'string', value: 'text', help: 'what to remember with it' },
    'workers': { type: 'string', value: 'n', help: 'threads (default: one per core)' },
  },
  run,
}

async function run(context: CommandContext): Promise<void> {
  if (context.options.findText('set') !== undefined) return setStatus(context)
  const { options, out, err, signal } = context
  const { scenario } = await readScenario(onlyPositional(context, 'the scenario folder'))
  const state = await readState(options.getText('state'))
  const period = resolvePeriod(scenario, options.findText('period'))
  const path = options.findText('worklist')
  const known = path === undefined ? undefined : await readWorklist(path)
  const date = dateOf(context, scenario.scenario.time_zone)
  const runs = options.number('seeds', 5, { least: 0, most: 1000, whole: true })
  const pool = runs === 0 ? undefined : new SimulationPool(options.findText('workers') === undefined ? undefined : options.number('workers', 1, { least: 1, most: 256, whole: true }))
  const progress = startProgress(err, options.flag('quiet'))
  let found: Diagnosis
  try {
    found = await diagnosePlaces({
      scenario, state, period, runs, seed: options.number('seed', 1, { least: 0, most: 4_294_967_295, whole: true }), places: options.number('places', 5, { least: 1, most: 10_000, whole: true }), date, signal,
      ...(pool === undefined ? {} : { pool }), onProgress: (share, label) => progress.report(share, label),
    })
  } finally {
    progress.stop()
    await pool?.close()
  }
  const worklist = path === undefined ? undefined : mergeWorklist(known, found.places, date, { period: period.id, daily: dailyOf(state, period) })
  if (path !== undefined && worklist !== undefined) await writeWhole(worklistFile(path, worklist))
  const document = { period: period.id, ...found }
  const folder = options.findText('out')
  const files = folder === undefined ? [] : await writeDiagnosisFiles(folder, { scenario, state, found: followed(found, worklist), period, date }, document)
  out.write(options.flag('json') ? `${JSON.stringify(document)}\n` : `${describe(found)}${files.map((file) => `wrote ${file}\n`).join('')}`)
}

/** Cards with the status and history that the worklist remembers. */
function followed(found: Diagnosis, worklist: Worklist | undefined): Diagnosis {
  return { ...found, places: found.places.map((card) => worklist?.cards.find(({ id }) => id === card.id) ?? card) }
}

async function setStatus(context: CommandContext): Promise<void> {
  const { options, out, positionals } = context
  const path = options.getText('worklist')
  const [, id, status] = /^(.+)=(\w+)$/.exec(options.getText('set')) ?? []
  if (id === undefined || status === undefined) throw new GreenwaveError('usage', `--set takes id=status, got "${options.getText('set')}"`)
  const list = await readWorklist(path)
  const card = list?.cards.find((one) => one.id === id)
  if (list === undefined || card === undefined) throw new GreenwaveError('usage', `the worklist ${path} has no place "${id}"`)
  const scenario = positionals[0] === undefined ? undefined : (await readScenario(positionals[0])).scenario
  const note = options.findText('note')
  const moved = advance(card, status as WorkStatus, { by: options.getText('by'), date: dateOf(context, scenario?.scenario.time_zone ?? 'UTC'), ...(note === undefined ? {} : { note }) })
  await writeWhole(worklistFile(path, { ...list, cards: list.cards.map((one) => (one === card ? moved : one)) }))
  out.write(options.flag('json') ? `${JSON.stringify(moved)}\n` : `${moved.id} is ${moved.status}\n`)
}

function dateOf({ options }: CommandContext, time_zone: string): string {
  const given = options.findText('date')
  if (given === undefined) return formatDay(new LocalTime(time_zone).day(Date.now() / 1000))
  if (parseDay(given) === undefined) throw new GreenwaveError('usage', `--date takes YYYY-MM-DD, got "${given}"`)
  return given
}

async function readWorklist(path: string): Promise<Worklist | undefined> {
  let list: Partial<Worklist>
  try {
    list = (await readJson(path)) as Partial<Worklist>
  } catch (error) {
    if (error instanceof GreenwaveError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
    throw error
  }
  if (list.format !== 'greenwave.worklist/1' || !Array.isArray(list.cards)) throw new GreenwaveError('input.format', 'is no worklist', { file: path })
  return list as Worklist
}

const worklistFile = (path: string, list: Worklist): ReadonlyMap<string, string> => new Map([[path, `${JSON.stringify(list, null, 2)}\n`]])

function describe({ places, sound, unknown }: Diagnosis): string {
  const lines = places.flatMap((card) => [
    `${card.name}: ${card.delay_veh_h_per_day.toFixed(1)} veh h of delay${card.seen_only === true ? ' of those seen' : ''}, ${card.avoidable_veh_h_per_day.toFixed(1)} avoidable${placeWords(card)}`,
    ...card.findings.map((finding) => `  ${Math.round(100 * finding.confidence)} % ${finding.sentence}${outcome(finding)}`),
    ...(recommended(card).length > 0 ? [`  recommended: ${recommended(card).map(({ treatment, variant }) => `${treatment.kind}${variant === undefined ? '' : ` (${variant})`}`).join(', ')}`] : []),
  ])
  if (places.length === 0) lines.push('no congested place')
  if (sound.length > 0) lines.push(`nothing to treat at ${sound.length} signals`)
  if (unknown.length > 0) lines.push(`nothing is known of ${unknown.length} signals: ${unknown.slice(0, 8).join(', ')}${unknown.length > 8 ? ', …' : ''}`)
  return `${lines.join('\n')}\n`
}

function placeWords({ place, links }: PlaceCard): string {
  if (place === undefined) return ' (no queue that lasts)'
  return ` (${place.nature === 'unknown' ? '' : `${place.nature}, `}on ${Math.round(100 * place.frequency)} % of days, ${Math.round(place.length_m)} m over ${links.length} links at most)`
}

function outcome({ trial, not_tried }: PlaceCard['findings'][number]): string {
  if (trial === undefined) return not_tried === undefined ? '' : ` [not tried: ${not_tried}]`
  const { value, low, high } = trial.delay_s
  return ` [tried: ${trial.verdict}, delay ${(value ?? 0).toFixed(1)}${low === null || high === null ? '' : ` (${low.toFixed(1)} to ${high.toFixed(1)})`} s per vehicle]`
}
