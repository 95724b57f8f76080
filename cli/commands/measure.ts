// measure: traffic state from observations.
import { setFlagsFromString } from 'node:v8'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { fileSource } from '../../adapters/feeds/bytes.ts'
import { openEvents } from '../../adapters/feeds/events/index.ts'
import { openProbes } from '../../adapters/feeds/probes/index.ts'
import { openRadar } from '../../adapters/feeds/radar/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Estimate, TrafficState } from '../../model/traffic-state.ts'
import { Measurement } from '../../state/measurement.ts'
import { CALIBRATION_LIMITS } from '../../state/radar/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { FEED_OPTIONS, feedPlace, type FeedPlace } from '../feed-context.ts'
import { describeFeed } from '../feed-notes.ts'
import { startProgress } from '../progress.ts'
import { readSensors } from '../read-sensors.ts'
import { writeStateFiles } from '../state-files.ts'

export const command: Command = {
  name: 'measure',
  positionals: '<scenario>',
  summary: 'traffic state from probes, radar and controller logs',
  options: {
    'probes': { type: 'string', multiple: true, value: 'f', help: 'fixes of floating cars; may be repeated, files without dates are days in a row' },
    'radar': { type: 'string', multiple: true, value: 'f', help: 'objects of radars or cameras; may be repeated' },
    'events': { type: 'string', multiple: true, value: 'f', help: 'high-resolution log of controllers; may be repeated' },
    'detectors': { type: 'string', multiple: true, value: 'f', help: 'what the channels of the logs are' },
    ...FEED_OPTIONS,
    'out': { type: 'string', value: 'dir', help: 'write state.json and report.html into this folder' },
  },
  run,
}

/**
 * By how much garbage may grow beyond what is alive before it is looked for, per cent. By default V8 waits for a multiple, so
 * that a million short-lived runs cost more memory than all that is kept.
 */
const HEAP_GROWING_PERCENT = 25

async function run(context: CommandContext): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  const { options, out, err } = context
  const { scenario } = await readScenario(onlyPositional(context, 'the scenario folder'))
  const probes = options.list('probes')
  const events = options.list('events')
  const radar = options.list('radar')
  if (probes.length + radar.length + events.length === 0) throw new GreenwaveError('usage', 'nothing to measure from: give --probes, --radar or --events')
  const place = feedPlace(scenario, options, await firstDay(context, feedPlace(scenario, options), events, radar))
  const graph = new RoadGraph(scenario.network)
  const measurement = new Measurement({ graph, timing: scenario.timing, local: place.local, scenario: scenario.scenario.name, periods: scenario.scenario.periods, corridors: scenario.scenario.corridors, driving: scenario.scenario.driving, diagrams: options.findText('out') !== undefined })
  const progress = startProgress(err, options.flag('quiet'))
  try {
    await readProbes(context, measurement, place, probes, (share, label) => progress.report(share, label))
    await readSensors(measurement, place, { radar, events, detectors: options.list('detectors') }, graph, context.signal)
    progress.report(0.95, 'estimating')
    const { state, performance } = measurement.finish()
    const folder = options.findText('out')
    const files = folder === undefined ? [] : await writeStateFiles(folder, { scenario, graph, local: place.local, state, measurement, performance })
    progress.stop()
    if (!options.flag('quiet')) for (const feed of state.feeds) describeFeed(err, feed)
    if (!options.flag('quiet') && place.assumed_datum) err.write('longitudes and latitudes are taken as WGS-84; say otherwise with --datum\n')
    out.write(options.flag('json') ? `${JSON.stringify(state)}\n` : `${describe(state)}${files.map((path) => `wrote ${path}\n`).join('')}`)
  } finally {
    progress.stop()
  }
}

/** Day of the first dated record of a log or a radar: probes without dates beside them are of that day, too. */
async function firstDay({ signal }: CommandContext, place: FeedPlace, events: readonly string[], radar: readonly string[]): Promise<number | undefined> {
  const context = (path: string): ReturnType<FeedPlace['contextOf']> => place.contextOf(path, 0)
  const feeds = [...events.slice(0, 1).map((path) => openEvents([fileSource(path)], context(path))), ...radar.slice(0, 1).map((path) => openRadar([fileSource(path)], context(path)))]
  for (const feed of feeds) {
    for await (const [first] of feed.batches(signal)) if (first !== undefined) return place.local.day(first.time_s)
  }
  return undefined
}

async function readProbes({ signal }: CommandContext, measurement: Measurement, place: FeedPlace, paths: readonly string[], report: (share: number, label: string) => void): Promise<void> {
  for (const [k, path] of paths.entries()) {
    report((0.9 * k) / paths.length, `reading ${path}`)
    const feed = await openProbes(path, place.contextOf(path, k))
    const source = measurement.openProbes(path)
    for await (const batch of feed.batches(signal)) for (const fix of batch) source.push(fix)
    signal.throwIfAborted()
    source.end(feed.account.health())
  }
}

const LEVEL = { 1: 'near', 2: 'about to reach', 3: 'over' } as const

function* describeRadar({ sensors = [], spillbacks = [] }: TrafficState): Generator<string> {
  for (const { sensor, counted, silences, calibration, clock_offset_s = 0 } of sensors) {
    const seconds = silences.reduce((sum, { from_s, until_s = from_s }) => sum + until_s - from_s, 0)
    yield `radar ${sensor}: ${counted} vehicles${silences.length === 0 ? '' : `, silent ${silences.length} times, ${(seconds / 60).toFixed(0)} min`}`
    if (calibration?.off === true) yield `radar ${sensor} is off: its objects lie on lanes once moved by ${calibration.east_m.toFixed(1)} m east and ${calibration.north_m.toFixed(1)} m north and turned by ${calibration.turn_deg.toFixed(1)} degrees`
    if (Math.abs(clock_offset_s) > CALIBRATION_LIMITS.clock_s) yield `radar ${sensor} is off: its clock is ${Math.abs(clock_offset_s).toFixed(1)} s ${clock_offset_s > 0 ? 'ahead of' : 'behind'} that of the probes`
  }
  const worst = new Map<string, { times: number; level: 1 | 2 | 3 }>()
  for (const { from, to, level } of spillbacks) {
    const key = `${from} > ${to}`
    const known = worst.get(key)
    worst.set(key, { times: (known?.times ?? 0) + 1, level: known === undefined || level > known.level ? level : known.level })
  }
  for (const [way, { times, level }] of worst) yield `spillback at ${way}: ${times} times, at worst ${LEVEL[level]} the stop line`
}

const show = ({ value, low, high }: Estimate, digits = 1, scale = 1): string =>
  value === null ? '–' : `${(value * scale).toFixed(digits)}${low === null || high === null ? '' : ` (${(low * scale).toFixed(digits)} to ${(high * scale).toFixed(digits)})`}`

function describe(state: TrafficState): string {
  const { movements, phases, places, matching, runs, days } = state
  const lines = [`${days.length} days, ${movements.length} movements${matching === undefined ? '' : `, ${matching.matched} fixes matched, ${matching.withheld} withheld`}`]
  if (runs !== undefined) lines.push(`estimated from ${runs.kept} of ${runs.seen} passages: of ${runs.movements_thinned} busy movements only some of the cycles, drawn by a hash, are kept and stand for the others`)
  const busiest = [...movements].sort((a, b) => b.probes - a.probes).slice(0, 20)
  for (const one of busiest) {
    lines.push(`${one.name ?? `${one.from} > ${one.to}`}: delay ${show(one.control_delay_s)} s, stops ${show(one.stops, 2)}, on green ${show(one.arrival_on_green, 0, 100)} %, ${show(one.volume_vph, 0)} veh/h${one.volume_method === undefined ? '' : ` by ${one.volume_method}`}, ${one.probes} probes, grade ${one.grade}`)
  }
  for (const phase of phases) {
    lines.push(`${phase.device} phase ${phase.phase}: cycle ${phase.cycle_s?.toFixed(1) ?? '–'} s, green ${phase.green_median_s?.toFixed(1) ?? '–'} s, on green ${phase.arrivals_on_green === null ? '–' : `${(100 * phase.arrivals_on_green).toFixed(0)} %`}, split failures ${phase.split_failures ?? '–'}`)
  }
  lines.push(...describeRadar(state))
  for (const place of places.slice(0, 5)) lines.push(`congested on ${Math.round(100 * place.frequency)} % of days: ${place.links.join(', ')}`)
  return `${lines.join('\n')}\n`
}
