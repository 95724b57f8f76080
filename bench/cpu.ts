/** CPU seconds of processes and threads, user and system, as the kernel counts them: in hundredths on every Linux that we know. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const TICKS_A_SECOND = 100
/** Fields after the name: parent, user, system, and both of children that ended. */
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14]

function fieldsOf(path: string): number[] | undefined {
  try {
    const stat = readFileSync(path, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number)
  } catch {
    return undefined
  }
}

const own = (fields: readonly number[] | undefined): number => (fields === undefined ? 0 : (fields[USER]! + fields[SYSTEM]!) / TICKS_A_SECOND)

/** Of a process with all its threads; 0 for one that is gone. */
export const cpuOf = (pid: number): number => own(fieldsOf(`/proc/${pid}/stat`))

/** Of the thread in which this process answers. */
export const cpuOfMainThread = (): number => own(fieldsOf(`/proc/self/task/${process.pid}/stat`))

/** Of a PostgreSQL server and all its processes, also of those that ended. */
export function cpuOfPostgres(directory: string): number {
  const postmaster = Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  const main = fieldsOf(`/proc/${postmaster}/stat`)
  let sum = main === undefined ? 0 : own(main) + (main[CHILDREN_USER]! + main[CHILDREN_SYSTEM]!) / TICKS_A_SECOND
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? fieldsOf(`/proc/${name}/stat`) : undefined
    if (fields?.[PARENT] === postmaster) sum += own(fields)
  }
  return sum
}
