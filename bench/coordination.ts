/** Who coordinates best, how surely, how fast? Every part gives the same instances to all solvers and has answers re-checked. */
import { parseArgs } from 'node:util'
import type { Bench } from './main.ts'

/** A part prints its table; every fault is a sentence, and any fault makes the bench fail. */
export interface CoordinationRows {
  readonly table: string
  readonly faults: readonly string[]
}

interface Part {
  /** A row is told as soon as it is there: a part takes up to half an hour. */
  rows(limit_s: number, told: (row: readonly string[]) => void): Promise<CoordinationRows>
}

const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  'link-bands': () => import('./coordination/link-bands.ts'),
  'network': () => import('./coordination/network.ts'),
  'network-bands': () => import('./coordination/network-bands.ts'),
  offsets: () => import('./coordination/offsets.ts'),
  paths: () => import('./coordination/paths.ts'),
}

export const main: Bench = async (args) => {
  const { values } = parseArgs({ args: [...args], options: { only: { type: 'string' }, limit: { type: 'string', default: '30' } } })
  const limit_s = Number(values.limit)
  const names = Object.keys(PARTS).filter((name) => values.only === undefined || name === values.only)
  if (names.length === 0 || !(limit_s > 0)) {
    process.stderr.write(`--only ${Object.keys(PARTS).join('|')}, --limit seconds above 0; got ${args.join(' ')}\n`)
    return 2
  }
  let failed = false
  for (const name of names) {
    const { table, faults } = await (await PARTS[name]()).rows(limit_s, (row) => { process.stderr.write(`${row.join('  ')}\n`) })
    process.stdout.write(`\n${name}\n${table}\n${faults.map((fault) => `FAULT ${fault}\n`).join('')}`)
    failed ||= faults.length > 0
  }
  return failed ? 1 : 0
}
