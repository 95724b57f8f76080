/**
 * CBC and GLPK through their executables, as peers only: neither is linked nor shipped. CPU seconds are those of the
 * child process (user and system, reading the file included), from the shell's own `times`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkedSolution, type Model, type SolveResult, withoutSolution } from '../../optimizer/solver/solver.ts'
import { mpsOf } from './mps.ts'

export interface External {
  readonly name: string
  readonly executable: string
  readonly args: (files: Files, limit_s: number) => string[]
  readonly read: (model: Model, files: Files, output: string) => SolveResult
}

export interface Files {
  readonly model: string
  readonly solution: string
}

export const EXTERNALS: readonly External[] = [
  {
    name: 'CBC',
    executable: 'cbc',
    // Tolerances below the checker's; the gap closed.
    args: ({ model, solution }, limit) => [
      model, 'primalT', '1e-9', 'integerT', '1e-9', 'ratio', '0', 'allow', '1e-9', 'sec', String(limit), 'solve', 'solu', solution,
    ],
    read: readCbc,
  },
  {
    name: 'GLPK',
    executable: 'glpsol',
    args: ({ model, solution }, limit) => ['--freemps', model, '--cuts', '--tmlim', String(Math.ceil(limit)), '-w', solution],
    read: readGlpk,
  },
]

export function isInstalled({ executable }: External): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, executable)))
}

/** Writes the model to a temporary folder, runs the solver once, reads and checks its answer. */
export function runExternal(external: External, model: Model, limit_s: number): { result: SolveResult; cpu_s: number } {
  const folder = mkdtempSync(join(tmpdir(), 'greenwave-bench-'))
  try {
    const files = { model: join(folder, 'model.mps'), solution: join(folder, 'solution.txt') }
    writeFileSync(files.model, mpsOf(model))
    const command = [external.executable, ...external.args(files, limit_s)]
    // `times` prints the shell's own times, then its children's.
    const output = execFileSync('sh', ['-c', '"$@" 2>&1; times', 'sh', ...command], { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (!existsSync(files.solution)) return { result: withoutSolution('error', `${external.name} wrote no solution`), cpu_s: childCpu(output) }
    return { result: external.read(model, files, output), cpu_s: childCpu(output) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Last line of `times`, for instance "0m0.040s 0m0.010s". */
function childCpu(output: string): number {
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  const parts = [...last.matchAll(/(\d+)m([\d.]+)s/g)]
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0)
}

function readCbc(model: Model, { solution }: Files, output: string): SolveResult {
  const [head, ...lines] = readFileSync(solution, 'utf8').trimEnd().split('\n')
  if (/infeasible/i.test(head)) return withoutSolution('infeasible', `CBC: ${head}`)
  const index = new Map(model.variables.map(({ name }, j) => [name, j]))
  const values = model.variables.map(() => 0)
  for (const line of lines) {
    const [, name, value] = line.replace('**', '').trim().split(/\s+/)
    const j = index.get(name)
    if (j !== undefined) values[j] = Number(value)
  }
  const optimal = head.startsWith('Optimal')
  if (!optimal && lines.length === 0) return withoutSolution('limit', `CBC: ${head}`)
  const bound = /Lower bound:\s+(-?[\d.e+-]+)/.exec(output)?.[1]
  const claim = /objective value\s+(-?[\d.e+-]+)/.exec(head)?.[1]
  const best = optimal ? claim : bound
  return checkedSolution(model, values, optimal ? 'optimal' : 'feasible', best === undefined ? Number.POSITIVE_INFINITY : -Number(best), `CBC: ${head}`)
}

/** GLPK's machine-readable solution: "s mip rows cols status objective", then "j column value". */
function readGlpk(model: Model, { solution }: Files): SolveResult {
  const values = model.variables.map(() => 0)
  let status = 'u'
  let objective = Number.NaN
  for (const line of readFileSync(solution, 'utf8').split('\n')) {
    const parts = line.split(/\s+/)
    if (parts[0] === 's') {
      status = parts[4]
      objective = Number(parts[5])
    }
    if (parts[0] === 'j') values[Number(parts[1]) - 1] = Number(parts.at(-1))
  }
  if (status === 'n') return withoutSolution('infeasible', 'GLPK: infeasible')
  if (status === 'u') return withoutSolution('limit', 'GLPK: time limit, no solution')
  const bound = status === 'o' ? -objective : Number.POSITIVE_INFINITY
  return checkedSolution(model, values, status === 'o' ? 'optimal' : 'feasible', bound, `GLPK: ${status}`)
}
