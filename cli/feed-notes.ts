// What commands say of feeds: which files, and what was not believed.
import { GreenwaveError } from '../model/errors.ts'
import type { FeedHealth } from '../model/feed.ts'
import type { Options } from './arguments.ts'

/** Paths of an option that must be there at least once. Throws usage. */
export function listPaths(options: Options, name: string): string[] {
  const paths = options.list(name)
  if (paths.length === 0) throw new GreenwaveError('usage', `--${name} is missing`)
  return paths
}

/** One line for the feed, one for each cause. */
export function describeFeed(err: NodeJS.WritableStream, { source, read, accepted, issues, refused }: FeedHealth): void {
  err.write(`${source}: ${accepted} of ${read} records believed\n`)
  if (refused !== undefined) err.write(`  refused: ${refused}\n`)
  for (const { verdict, cause, records, example } of issues) err.write(`  ${verdict} ${records}: ${cause}, for example ${example}\n`)
}
