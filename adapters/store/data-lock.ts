// One process per data directory: the embedded database would let a second one in and be spoilt by both. A lock is a file `lock.<n>` that says
// who holds it. Whoever finds the highest number free (given back, or its process dead) creates the next one, which only one can, and looks again:
// a higher one means that it came too late. The highest file is never taken away, so nobody can mistake an old number for the newest.
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { GreenwaveError } from '../../model/errors.ts'

interface Holder {
  host: string
  pid: number
  /** When the process began, in the system's words: a number is used again by other processes. */
  started: string
  released?: true
}

export interface DataLock {
  release(): void
}

/** Throws `store.locked` while another process holds the directory, or one of another computer may. */
export function lockDirectory(directory: string): DataLock {
  mkdirSync(directory, { recursive: true })
  const own: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) ?? '' }
  for (;;) {
    const [highest, ...older] = listLocks(directory)
    const holder = highest === undefined ? undefined : readHolder(join(directory, `lock.${highest}`))
    if (highest !== undefined) requireFree(directory, `lock.${highest}`, holder)
    const number = (highest ?? 0) + 1
    const file = join(directory, `lock.${number}`)
    if (!create(directory, file, own)) continue
    if (listLocks(directory)[0]! > number) {
      rmSync(file, { force: true })
      continue
    }
    for (const old of [...older, ...(highest === undefined ? [] : [highest])]) rmSync(join(directory, `lock.${old}`), { force: true })
    return { release: () => replace(file, { ...own, released: true }) }
  }
}

/** Numbers of the locks, the highest first. */
const listLocks = (directory: string): number[] =>
  readdirSync(directory).flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []).map(Number).sort((a, b) => b - a)

function requireFree(directory: string, name: string, holder: Holder | undefined): void {
  if (holder === undefined || holder.released === true) return
  const held = `${directory} is held by process ${holder.pid} on ${holder.host}`
  if (holder.host !== hostname()) throw new GreenwaveError('store.locked', `${held}; if that computer is gone, delete the file ${name} there`)
  if (startOf(holder.pid) === holder.started) throw new GreenwaveError('store.locked', `${held}, which is running`)
}

/** Undefined for a file that went away meanwhile; one that cannot be read is as good as free, because each is written whole before it is there. */
function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Whole or not at all, and not if it is there. */
function create(directory: string, file: string, holder: Holder): boolean {
  const draft = join(directory, `.lock-${process.pid}-${Math.random().toString(36).slice(2)}`)
  writeFileSync(draft, JSON.stringify(holder))
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function replace(file: string, holder: Holder): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(holder))
  renameSync(draft, file)
}

/** When a process began; undefined for one that is not there. Linux says it in /proc (field 22 of stat), others through ps. */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not asked yet.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    if (process.platform === 'linux') return undefined
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}
