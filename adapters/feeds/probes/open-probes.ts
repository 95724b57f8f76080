// A file, a folder or a list of them as one feed of probes.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GreenwaveError } from '../../../model/errors.ts'
import { fileSource } from '../bytes.ts'
import type { FeedContext } from '../feed.ts'
import { ProbeFeed } from './probe-feed.ts'

/**
 * Opens probes of any known form. The files of a folder are read in the order of their names (numbers in them as numbers: `2.csv` before `10.csv`);
 * those that are no probes are left out and listed in the account. Throws input.unreadable for a path that is not there.
 */
export async function openProbes(paths: string | readonly string[], context: FeedContext): Promise<ProbeFeed> {
  const files: string[] = []
  for (const path of typeof paths === 'string' ? [paths] : paths) files.push(...(await listFiles(path)))
  return new ProbeFeed(files.map(fileSource), context)
}

async function listFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const entries = await readdir(path, { withFileTypes: true })
    const compare = new Intl.Collator('en', { numeric: true }).compare
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name).sort(compare).map((name) => join(path, name))
  } catch (cause) {
    throw new GreenwaveError('input.unreadable', `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file: path }, cause)
  }
}
