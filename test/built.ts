// Before the integration tests: what runs in processes and threads of its own is there as the sources have it. Built once for all of them, and only what is older than its sources.
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

const builtAt = (...path: string[]): number => statSync(join(ROOT, 'dist', ...path), { throwIfNoEntry: false })?.mtimeMs ?? 0

export default function setup(): void {
  const rooms = Math.max(...ts.include.map((folder) => newest(join(ROOT, folder))), statSync(join(ROOT, 'package.json')).mtimeMs)
  if (builtAt('cli', 'main.js') < rooms) execFileSync('npm', ['run', 'build', '--silent'], { cwd: ROOT, stdio: 'inherit' })
  // The last file that the bundler puts down. The pages run engines of the rooms too.
  else if (builtAt('web', 'index.html') < newest(join(ROOT, 'web'))) execFileSync('npx', ['vite', 'build', '--config', 'web/vite.config.ts'], { cwd: ROOT, stdio: 'inherit' })
}
