/**
 * Does the diagram keep up with the hand? A made-up street of signals in the built pages, in headless Chromium without a graphics card, thousands of
 * simulated vehicles in view, while the mouse drags an offset: times between frames, and from a move of the pointer to the delay of that very plan on
 * the screen. Exit code 1 where the last figures are not those that Node computes of the plan that the service keeps.
 */
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { everyRoute } from '../api/document.ts'
import { pageRoutes } from '../api/pages.ts'
import { closeWorlds, world, type World } from '../api/testing.ts'
import { emptyDemand } from '../model/demand.ts'
import type { Plan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import { modulo } from '../model/units.ts'
import { type DelayFigures, delayFigures, evaluatePlan } from '../optimizer/progression/index.ts'
import { type Arterial, arterial } from '../optimizer/testing/arterial.ts'
import { compileStreet, patternOf } from '../plans/street.ts'
import { deriveDocument } from '../plans/workflow/derived.ts'
import { PlanWorkflow } from '../plans/workflow/index.ts'
import { runningDocument } from '../plans/workflow/testing.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  signals: { type: 'string', default: '30' }, vehicles: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '5' }, as: { type: 'string', default: 'density,lines' },
  chromium: { type: 'string', default: '/usr/bin/chromium' }, trace: { type: 'string' },
} as const

const [START_S, WINDOW_S, CYCLE_S] = [8 * 3600, 1800, 90]
const SPACINGS_M = [320, 250, 480, 390]
const SIZE = { width: 1920, height: 1080 }
/** How far the hand goes to either side, and how often in all. */
const [SWING_PX, SWINGS] = [140, 3]
const TRACED = ['devtools.timeline', 'v8', 'blink', 'cc', 'viz', 'disabled-by-default-v8.cpu_profiler', 'toplevel', '__metadata']
const TARGET = { median_ms: 1000 / 60, p95_ms: 33, figures_ms: 100 }

/** What the page's own clock saw, ms. */
interface Seen {
  frames: number[]
  moves: { at: number; x: number }[]
  asked: { id: number; offsets: [string, number][] }[]
  /** `shown`: the frame in which the panel has them. */
  told: { id: number; figures: DelayFigures | undefined; shown: number | undefined }[]
  /** That the simulation gave, all within the view. */
  vehicles: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const street = streetOf(Number(values.signals))
  const scenario = scenarioOf(street)
  const service = await world([pageRoutes, ...everyRoute('0')], { settings: { rate_per_minute: 1e9 } })
  const rows: string[][] = []
  let right = true
  let browser: Browser | undefined
  try {
    await service.store.networks.put('made-up', scenario, 'engineer', 0)
    await service.server.listen({ host: '127.0.0.1', port: 0 })
    browser = await chromium.launch({ executablePath: values.chromium, args: ['--headless=new', '--no-sandbox', '--disable-gpu'] })
    for (const as of values.as.split(',')) {
      const { seen, offsets, cells, agrees } = await drag(browser, service, street, scenario, { as, vehicles: Number(values.vehicles), seconds: Number(values.seconds), trace: values.trace })
      right &&= agrees
      rows.push([as, String(seen.vehicles), ...frameCells(seen.frames), ...latencyCells(seen, offsets), ...cells])
    }
  } finally {
    await browser?.close()
    service.server.server.closeAllConnections()
    await closeWorlds()
  }
  console.log(`${values.signals} signals, ${SIZE.width} x ${SIZE.height}, software rendering; wall time, so that other work on the machine counts`)
  console.log(formatTable(['shown as', 'vehicles', 'frames', 'frame p50 ms', 'p95', 'worst', 'plans asked', 'figures p50 ms', 'p95', 'CPU ms a frame: page', 'all', 'same as Node'], rows))
  console.log(`targets: frames ${TARGET.median_ms.toFixed(1)} ms median and ${TARGET.p95_ms} ms p95, figures ${TARGET.figures_ms} ms`)
  return right ? 0 : 1
}

const streetOf = (signals: number): Arterial => arterial({ spacing_m: Array.from({ length: signals - 1 }, (_, i) => SPACINGS_M[i % SPACINGS_M.length]!), cycle_s: CYCLE_S, main: 600 })

function scenarioOf({ graph: { network }, corridor, running, volumes }: Arterial): Scenario {
  const period = { id: 'am', start_s: START_S, end_s: START_S + 2 * WINDOW_S }
  return {
    network,
    scenario: { format: 'greenwave.scenario/1', name: 'made-up', time_zone: 'UTC', coordinate_reference: network.coordinate_reference, corridors: [corridor.corridor], periods: [period] },
    demand: { ...emptyDemand(), intervals: [period], volumes: [...volumes].map(([movement, volume]) => ({ movement, volume_vph: [volume] })) },
    timing: { format: 'greenwave.timing/1', plans: [{ id: 'p', patterns: [...running.values()] }], schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'p' }] },
  }
}

/** What runs, with bands at the limits of the street. */
function planOf({ graph, corridor }: Arterial, scenario: Scenario): Plan {
  const bands = (['outbound', 'inbound'] as const).map((direction) => ({
    direction, width_s: 0, width_cycle: 0, limited_by: [], front_s: [],
    links: corridor[direction]!.legs.map(({ from, to, distance_m, speed_limit_mps }) => ({ from, to, distance_m, speed_mps: speed_limit_mps, travel_time_s: distance_m / speed_limit_mps })),
  }))
  return deriveDocument(graph, corridor.corridor, { ...runningDocument(scenario, 0), bands })
}

interface Dragged {
  seen: Seen
  /** Which offset the dragged signal has where the pointer is at x. */
  offsets: { signal: string; of: (x: number) => number }
  cells: string[]
  agrees: boolean
}

async function drag(browser: Browser, { server, store, tokens, at }: World, street: Arterial, scenario: Scenario, { as, vehicles, seconds, trace }: { as: string; vehicles: number; seconds: number; trace?: string | undefined }): Promise<Dragged> {
  const before = planOf(street, scenario)
  const { id } = await new PlanWorkflow({ store, clock: { now: () => at.now } }).draft({ network: 'made-up', document: before, actor: 'engineer', reason: 'to be dragged' })
  const page = await browser.newPage({ viewport: SIZE })
  await page.addInitScript(listen, { token: tokens.engineer, vehicles })
  const length_m = street.corridor.outbound!.legs.reduce((sum, { distance_m }) => sum + distance_m, 0)
  const view = [START_S, START_S + WINDOW_S, -100, Math.ceil(length_m) + 100].join('~')
  // Equal distances are drawn as lines however many vehicles there are.
  await page.goto(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}/corridors/main?plan=${id}&view=${view}&vehicles=simulated${as === 'lines' ? '&equal=1' : ''}`)
  await page.locator('[data-figure="delay"]').waitFor()
  await page.waitForFunction(() => window.seen.vehicles > 0, undefined, { timeout: 600_000 })
  // Until the picture of the vehicles is there.
  await sleep(3000)
  const plot = (await page.locator('.ts-live').boundingBox())!
  const label = (await page.locator('.ts-label').nth(Math.floor(before.intersections.length / 2)).boundingBox())!
  const [x0, y] = [Math.round(plot.x + plot.width / 2), Math.round(label.y + label.height / 2)]
  // Wall time of a trace is that of a slower page: its CPU times tell who costs.
  if (trace !== undefined) await browser.startTracing(page, { path: `${trace}-${as}.json`, categories: TRACED })
  await page.mouse.move(x0, y)
  await page.mouse.down()
  const cpu = await cpuMeter(page)
  await page.evaluate(() => window.begin())
  const began = performance.now()
  for (let share = 0; share < 1; share = (performance.now() - began) / (seconds * 1000)) {
    await page.mouse.move(x0 + Math.round(SWING_PX * Math.sin(2 * Math.PI * SWINGS * share)), y)
    await sleep(8)
  }
  await page.mouse.move(x0 + 60, y)
  await sleep(500)
  const seen = await page.evaluate(() => window.end())
  const spent = await cpu()
  if (trace !== undefined) await browser.stopTracing()
  await page.mouse.up()
  await saved(page)
  const after = (await store.plans.get(id))!.document
  await page.context().close()
  const signal = after.intersections.find((one, i) => one.offset_s !== before.intersections[i]!.offset_s)?.signal
  const own = before.intersections.find((one) => one.signal === signal)
  if (signal === undefined || own === undefined) throw new Error('the drag did not change the plan that the service keeps')
  const fresh = delayFigures(evaluatePlan(street.graph, street.corridor, compileStreet(street.graph, new Map(after.intersections.map((one) => [one.signal, patternOf(one)]))), street.volumes))
  const last = seen.told.at(-1)?.figures
  const agrees = last !== undefined && last.arrivals_on_green.outbound === fresh.arrivals_on_green.outbound && Math.abs(last.delay_s_per_veh - fresh.delay_s_per_veh) < 1e-9 && Math.abs(last.stops_per_veh - fresh.stops_per_veh) < 1e-9
  const of = (x: number): number => modulo(Math.round(own.offset_s + ((x - x0) * WINDOW_S) / plot.width), own.cycle_s)
  return { seen, offsets: { signal, of }, cells: [...spent.map((ms) => (ms / seen.frames.length).toFixed(1)), agrees ? 'yes' : `NO: ${last?.delay_s_per_veh} s, Node ${fresh.delay_s_per_veh} s`], agrees }
}

/** CPU ms since it was asked for: of the page's main thread, and of the whole browser. Other work on the machine does not count in it, as it does in the times between frames. */
async function cpuMeter(page: Page): Promise<() => Promise<[page: number, all: number]>> {
  const [own, whole] = [await page.context().newCDPSession(page), await page.context().browser()!.newBrowserCDPSession()]
  await own.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async (): Promise<[number, number]> => {
    const [{ metrics }, { processInfo }] = await Promise.all([own.send('Performance.getMetrics'), whole.send('SystemInfo.getProcessInfo')])
    return [1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN), 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0)]
  }
  const before = await read()
  return async () => {
    const after = await read()
    return [after[0] - before[0], after[1] - before[1]]
  }
}

const saved = (page: Page): Promise<void> => page.locator('.ts-state-saved').waitFor()

interface Message { kind: string; id: number; request: { vehicles?: number }; what: { document: { intersections: ({ signal: string; offset_s: number } | number)[] } } }
interface Answer { kind: string; id: number; value?: { trajectories?: { directions: Uint8Array }; losers?: unknown; figures?: DelayFigures } }
interface PageWorker {
  postMessage(message: Message, ...rest: unknown[]): void
  addEventListener(type: 'message', hear: (event: { data: Answer }) => void): void
}
// As much of the page's globals as is used: the service and its benches are checked without a browser's.
declare const window: { seen: Seen; begin: () => void; end: () => Seen }
declare const sessionStorage: { setItem: (key: string, value: string) => void }
declare const localStorage: typeof sessionStorage
declare const document: { querySelector: (selector: string) => { textContent: string } | null }
declare const requestAnimationFrame: (paint: (now: number) => void) => number
declare const addEventListener: (type: 'pointermove', hear: (event: { timeStamp: number; clientX: number }) => void, capture: boolean) => void
declare const Worker: { prototype: PageWorker }

/** Runs in the page, before any of its own: what is said to the workers and by them, and when. The one thing changed is how many vehicles are asked for. */
function listen({ token, vehicles }: { token: string; vehicles: number }): void {
  sessionStorage.setItem('greenwave.token', token)
  localStorage.setItem('greenwave.language', 'en')
  const seen: Seen = { frames: [], moves: [], asked: [], told: [], vehicles: 0 }
  let recording = false
  const panel = (): string => document.querySelector('[data-figure="delay"] strong')?.textContent ?? ''
  const shownAt = (told: Seen['told'][number]): void => {
    requestAnimationFrame((now) => {
      if (told.figures !== undefined && told.shown === undefined && panel().startsWith(told.figures.delay_s_per_veh.toFixed(1))) told.shown = Math.max(now, performance.now())
      else if (recording && seen.told.at(-1) === told) shownAt(told)
    })
  }
  const hear = ({ data }: { data: Answer }): void => {
    if (data.kind !== 'done') return
    if (data.value?.trajectories !== undefined) seen.vehicles = data.value.trajectories.directions.length
    if (!recording || data.value?.losers === undefined) return
    const told: Seen['told'][number] = { id: data.id, figures: data.value.figures, shown: undefined }
    seen.told.push(told)
    shownAt(told)
  }
  const known = new WeakSet<PageWorker>()
  const post = Worker.prototype.postMessage
  Worker.prototype.postMessage = function (this: PageWorker, message, ...rest): void {
    if (!known.has(this)) this.addEventListener('message', hear)
    known.add(this)
    if (message.kind === 'simulate') message.request.vehicles = vehicles
    if (recording && message.kind === 'preview') seen.asked.push({ id: message.id, offsets: message.what.document.intersections.flatMap((one) => (typeof one === 'number' ? [] : [[one.signal, one.offset_s] as [string, number]])) })
    post.call(this, message, ...rest)
  }
  addEventListener('pointermove', ({ timeStamp, clientX }) => { if (recording) seen.moves.push({ at: timeStamp, x: clientX }) }, true)
  const frame = (now: number): void => {
    if (!recording) return
    seen.frames.push(now)
    requestAnimationFrame(frame)
  }
  Object.assign(window, {
    seen,
    begin: () => {
      recording = true
      requestAnimationFrame(frame)
    },
    end: () => {
      recording = false
      return seen
    },
  })
}

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

function frameCells(frames: readonly number[]): string[] {
  const times = ascending(frames.slice(1).map((at, i) => at - frames[i]!))
  return [String(times.length), ...[quantile(times, 0.5), quantile(times, 0.95), times.at(-1) ?? Number.NaN].map((ms) => ms.toFixed(1))]
}

/** From the first move that made a plan until its figures stand in the panel; plans that a newer one overtook have none. */
function latencyCells({ moves, asked, told }: Seen, { signal, of }: Dragged['offsets']): string[] {
  const latencies = told.flatMap(({ id, shown }) => {
    const offset = asked.find((one) => one.id === id)?.offsets.find(([own]) => own === signal)?.[1]
    if (offset === undefined || shown === undefined) return []
    const last = moves.findLastIndex(({ at, x }) => at <= shown && of(x) === offset)
    if (last < 0) return []
    let first = last
    while (first > 0 && of(moves[first - 1]!.x) === offset) first -= 1
    return [shown - moves[first]!.at]
  })
  const times = ascending(latencies)
  return [`${times.length} of ${asked.length}`, quantile(times, 0.5).toFixed(1), quantile(times, 0.95).toFixed(1)]
}
