// Writes files whole or not at all: everything goes to temporary names first and is renamed when all of it is there.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Scenario } from '../../../model/scenario.ts'

/** Writes several files; either all of them appear or none. Paths are created as needed. */
export async function writeWhole(files: ReadonlyMap<string, string>): Promise<void> {
  const written: [temporary: string, path: string][] = []
  try {
    for (const [path, content] of files) {
      const temporary = `${path}.part-${process.pid}`
      await mkdir(dirname(path), { recursive: true })
      written.push([temporary, path])
      await writeFile(temporary, content)
    }
    for (const [temporary, path] of written) await rename(temporary, path)
  } catch (error) {
    await Promise.all(written.map(([temporary]) => rm(temporary, { force: true })))
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new GreenwaveError('input.unreadable', `the output cannot be written (${reason})`, { file: dirname([...files.keys()][0] ?? '') }, error)
  }
}

/** One element of a list per line: readable in a diff, half the size of indented JSON. */
function documentJson(document: object): string {
  const entries = Object.entries(document).map(([key, value]) => {
    if (!Array.isArray(value) || value.length === 0) return `${JSON.stringify(key)}: ${JSON.stringify(value)}`
    return `${JSON.stringify(key)}: [\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`
  })
  return `{\n${entries.join(',\n')}\n}\n`
}

/** Writes the four documents of a scenario folder. */
export async function writeScenario(folder: string, { scenario, network, demand, timing }: Scenario): Promise<string[]> {
  const files = new Map([
    [join(folder, 'scenario.json'), `${JSON.stringify(scenario, null, 2)}\n`],
    [join(folder, 'network.json'), documentJson(network)],
    [join(folder, 'demand.json'), documentJson(demand)],
    [join(folder, 'timing.json'), documentJson(timing)],
  ])
  await writeWhole(files)
  return [...files.keys()]
}
