// A thread with one half of the offsets on tables: it searches or proves, and looks up now and then how far the other half is.
import { parentPort, workerData } from 'node:worker_threads'
import { GreenwaveError } from '../model/errors.ts'
import { BoundHalf, isNearEnough, type OffsetCertificate, type OffsetOptions, type OffsetTables, reduceTables, type ReducedTables, SearchHalf } from '../optimizer/tables/index.ts'

export interface OffsetsTask {
  half: 'search' | 'bound'
  tables: OffsetTables
  options: Pick<OffsetOptions, 'seed' | 'starts' | 'tolerance' | 'target_gap'>
  /** By the clock of `Date.now()`, ms. */
  until_ms: number
  /** Float64: value and bound so far. Each is written by one thread; a stale one only costs time, as the answer is added up anew. */
  figures: SharedArrayBuffer
  /** Int32: `STOP`, `KNOWN`, `GUIDED`. */
  flags: SharedArrayBuffer
  /** Float64: what each difference of each pair cost at least when the bound last came by. Read while it is written at times, as it only says where to look. */
  guides: SharedArrayBuffer
}

export type OffsetsFound = { half: 'search'; offsets_s: Int32Array } | { half: 'bound'; bound: number; certificate: OffsetCertificate }

/** 1: both end; and once there is a value, without which the bound doesn't know what is left to gain. */
const STOP = 0
const KNOWN = 1
/** How often the bound has written guides. */
const GUIDED = 2
const VALUE = 0
const BOUND = 1

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'half of the offsets is worked out only as a worker thread')

const { half, tables, options, until_ms, ...shared } = workerData as OffsetsTask
const figures = new Float64Array(shared.figures)
const flags = new Int32Array(shared.flags)
const goOn = (): boolean => Atomics.load(flags, STOP) === 0 && Date.now() < until_ms

/** Tells the other half, and ends both when they are near enough. */
function tell(which: typeof VALUE | typeof BOUND, figure: number): void {
  figures[which] = figure
  if (Atomics.load(flags, KNOWN) === 1 && isNearEnough(figures[VALUE]!, figures[BOUND]!, options)) Atomics.store(flags, STOP, 1)
}

const guidesOf = ({ core, pairs: { cycle } }: ReducedTables): Float64Array[] =>
  core.map((_, pair) => new Float64Array(shared.guides, pair * cycle * Float64Array.BYTES_PER_ELEMENT, cycle))

function search(reduced: ReducedTables): OffsetsFound {
  const found = new SearchHalf(reduced, options)
  const guides = guidesOf(reduced)
  const report = (): void => tell(VALUE, found.value)
  report()
  Atomics.store(flags, KNOWN, 1)
  Atomics.notify(flags, KNOWN)
  let seen = 0
  while (goOn()) {
    const written = Atomics.load(flags, GUIDED)
    if (written === seen) found.step()
    else found.follow(guides)
    seen = written
    report()
  }
  return { half: 'search', offsets_s: found.offsets() }
}

function prove(reduced: ReducedTables): OffsetsFound {
  const proof = new BoundHalf(reduced)
  const guides = guidesOf(reduced)
  tell(BOUND, proof.bound)
  while (Atomics.load(flags, KNOWN) === 0 && goOn()) Atomics.wait(flags, KNOWN, 0, 100)
  // Also at once, where the first value is already near enough.
  tell(BOUND, proof.bound)
  while (goOn()) {
    proof.step(figures[VALUE]!, goOn)
    tell(BOUND, proof.bound)
    if (proof.work === 0) continue
    for (const [pair, guide] of proof.guides.entries()) guides[pair]!.set(guide)
    Atomics.add(flags, GUIDED, 1)
  }
  return { half: 'bound', bound: proof.bound, certificate: proof.certificate() }
}

const reduced = reduceTables(tables)
port.postMessage(half === 'search' ? search(reduced) : prove(reduced))
