// Before the integration tests: what runs in processes and threads of its own is there as the sources have it. Built once for all of them, and not where nothing is newer.
import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import ts from '../tsconfig.build.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..')
const isSource = (name: string): boolean => /\.(tsx?|html|css|svg)$/.test(name) && !/\.(test|integration)\.ts$/.test(name)

function newest(folder: string): number {
  let at = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) at = Math.max(at, newest(path))
    else if (isSource(entry.name)) at = Math.max(at, statSync(path).mtimeMs)
  }
  return at
}

export default function setup(): void {
  const sources = Math.max(...[...ts.include, 'test', 'web'].map((folder) => newest(join(ROOT, folder))), statSync(join(ROOT, 'package.json')).mtimeMs)
  // The last file that the build puts down.
  const built = statSync(join(ROOT, 'dist', 'web', 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (built < sources) execFileSync('npm', ['run', 'build', '--silent'], { cwd: ROOT, stdio: 'inherit' })
}
