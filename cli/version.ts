import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The checkout or the build beside it: package.json is one or two folders up. */
function findManifest(): string {
  for (const relative of ['../package.json', '../../package.json']) {
    try {
      return readFileSync(fileURLToPath(new URL(relative, import.meta.url)), 'utf8')
    } catch {
      continue
    }
  }
  throw new Error('package.json is not beside the program')
}

export const VERSION: string = (JSON.parse(findManifest()) as { version: string }).version
