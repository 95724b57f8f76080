/**
 * Who finds the widest green wave, how surely, and how fast? Little's arterial (1966), a textbook's and synthetic ones, given to
 * our exact method, HiGHS, javascript-lp-solver, CBC and GLPK; every answer scored again by the geometric checker.
 * CPU seconds: in-process by `process.cpuUsage`, executables by their own user and system time.
 */
import { randomCorridor } from '../optimizer/bands/instances/corridors.ts'
import { bandBound, EQUAL_BANDS, solveBands, solveCycleRange } from '../optimizer/bands/index.ts'
import { type Answer, type Contender, listContenders } from './bands/contenders.ts'
import { type BandInstance, listInstances } from './bands/instances.ts'
import { formatTable } from './table.ts'
import { formatTiming, summarize, timeCpu } from './timing.ts'

/** Checker and solver may differ by this many cycles. */
const CHECK_TOLERANCE = 1e-6

/** Wall seconds for one solve of a general solver. */
const DEFAULT_LIMIT_S = 15

/** `--limit 30` changes the time limit, `--only E` keeps instances whose id contains the text. */
export async function main(args: readonly string[]): Promise<number> {
  const limit_s = Number(optionOf(args, '--limit') ?? DEFAULT_LIMIT_S)
  const only = optionOf(args, '--only') ?? ''
  const instances = JSON.parse(JSON.stringify(listInstances())) as BandInstance[]
  reportCold(instances)
  const { contenders, absent } = await listContenders()
  for (const name of absent) console.log(`${name} is not installed: skipped`)
  warmUp(contenders, instances)
  const faults: string[] = []
  const rows: string[][] = []
  for (const instance of instances.filter(({ id }) => id.includes(only))) {
    for (const contender of contenders) {
      if (instance.problem.signals.length > contender.most_signals) continue
      if (instance.slowness_change !== undefined && !contender.knows_speed_change) continue
      const answer = contender.answer(instance, limit_s)
      faults.push(...listFaults(instance, contender, answer))
      rows.push(rowOf(instance, contender, answer))
    }
  }
  const header = ['instance', 'solver', 'objective', 'bound', 'gap', 'C s', 'checker', 'CPU s: min (mean ± sd, n)', 'note']
  console.log(formatTable(header, rows))
  reportWholeSeconds(faults)
  for (const fault of faults) console.log(`FAULT ${fault}`)
  return faults.length > 0 ? 1 : 0
}

function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name)
  return at < 0 ? undefined : args[at + 1]
}

/** The first solve of the process, before anything is compiled. */
function reportCold(instances: readonly BandInstance[]): void {
  const largest = instances.find(({ id }) => id.includes('(200, 1)'))
  if (!largest) return
  const { result, timing } = timeCpu(() => solveCycleRange({ ...largest, gap: 1e-6 }), { warmups: 0, repeats: 1 })
  console.log(`cold: ${largest.id} in ${timing.min_s.toFixed(3)} CPU s, value ${result.value.toFixed(6)}, gap 1e-6 cycle\n`)
}

/** Compiles every solver on the smallest instance; WebAssembly needs one to two seconds for it. */
function warmUp(contenders: readonly Contender[], instances: readonly BandInstance[]): void {
  const small = instances.find(({ id }) => id.includes('(6, 1)'))
  if (small) for (const contender of contenders) contender.answer(small, DEFAULT_LIMIT_S)
}

function listFaults(instance: BandInstance, { name }: Contender, answer: Answer): string[] {
  const where = `${instance.id}, ${name}:`
  if (Number.isNaN(answer.objective)) return []
  const faults: string[] = []
  if (Math.abs(answer.checked - answer.objective) > CHECK_TOLERANCE) {
    faults.push(`${where} claims ${answer.objective}, the checker finds ${answer.checked}`)
  }
  const { optimum, tolerance } = instance
  const low = answer.proven ? optimum - tolerance - Math.max(0, answer.bound - answer.objective) : Number.NEGATIVE_INFINITY
  if (answer.objective > optimum + tolerance || answer.objective < low || answer.bound < optimum - tolerance) {
    faults.push(`${where} ${answer.objective} (bound ${answer.bound}) is not the certified optimum ${optimum} ± ${tolerance}`)
  }
  return faults
}

function rowOf(instance: BandInstance, { name }: Contender, answer: Answer): string[] {
  const cell = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '–')
  return [
    instance.id, name, cell(answer.objective, 6), cell(answer.bound, 6), cell(answer.bound - answer.objective, 6), cell(answer.cycle_s, 2),
    cell(answer.checked, 6), formatTiming(answer.timing), answer.note,
  ]
}

/** The product's daily case: many six-signal corridors in whole seconds. */
function reportWholeSeconds(faults: string[]): void {
  const shape = { division: EQUAL_BANDS, patterns: 4, speed_share: 0.05, double_green_share: 0 }
  const problems = Array.from({ length: 60 }, (_, seed) => randomCorridor(6, seed, { ...shape, cycle_s: 80 + seed }))
  for (const problem of problems) solveBands(problem)
  const bounds = problems.map((problem) => timeCpu(() => bandBound(problem), { warmups: 1, repeats: 1 }).timing.min_s)
  const solved = problems.map((problem) => timeCpu(() => solveBands(problem), { warmups: 1, repeats: 1 }))
  const losses = solved.map(({ result: { certificate } }) => certificate.real_optimum_s - certificate.value_s)
  const proven = solved.filter(({ result }) => result.certificate.proven).length
  const worst = Math.max(...losses)
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length
  console.log(`
60 six-signal corridors, whole seconds, equal bands, C 80 to 139 s:
  real optimum ${formatTiming(summarize(bounds))} CPU s, whole-second plan ${formatTiming(summarize(solved.map(({ timing }) => timing.min_s)))} CPU s
  band sum below the real optimum: mean ${mean.toFixed(3)} s, worst ${worst.toFixed(3)} s; ${proven} plans proven best`)
  if (worst > 2) faults.push(`a whole-second plan loses ${worst} s of band sum, more than 2 s`)
}
