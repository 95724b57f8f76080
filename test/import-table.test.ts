// The import table is only worth something if it bites: each room gets a planted violation and one allowed import.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
let checkout: string

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'greenwave-lint-'))
  copyFileSync(join(root, '.oxlintrc.json'), join(checkout, '.oxlintrc.json'))
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

/** What the linter says of a file that imports `specifier`, in a checkout that holds nothing else. */
function lint(file: string, specifier: string): string {
  const path = join(checkout, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `import { thing } from '${specifier}'\nexport const use = thing\n`)
  try {
    return execFileSync(join(root, 'node_modules', '.bin', 'oxlint'), ['--deny-warnings', '--disable-nested-config', file], { cwd: checkout, encoding: 'utf8' })
  } catch (error) {
    return String((error as { stdout: string }).stdout)
  }
}

describe('the import table', () => {
  it.each([
    ['model/planted.ts', '../simulation/index.ts'],
    ['optimizer/deep/er/planted.ts', '../../../adapters/formats/utdf/index.ts'],
    ['optimizer/planted.ts', '../simulation/index.ts'],
    ['simulation/kernel/planted.ts', '../../optimizer/bands/index.ts'],
    ['diagram/planted.ts', '../plans/plan.ts'],
    ['reports/planted.ts', '../simulation/index.ts'],
    ['plans/planted.ts', '../adapters/formats/scenario/index.ts'],
    ['adapters/formats/planted.ts', '../../cli/main.ts'],
    ['adapters/formats/planted.ts', '../../optimizer/bands/index.ts'],
  ])('refuses %s importing %s', (file, specifier) => {
    expect(lint(file, specifier)).toContain('may import only')
  })

  it.each([
    ['optimizer/fine.ts', '../model/network.ts'],
    ['simulation/kernel/fine.ts', '../prepare.ts'],
    ['reports/fine.ts', '../diagram/svg.ts'],
    ['plans/fine.ts', '../optimizer/bands/index.ts'],
    ['cli/fine.ts', '../adapters/formats/utdf/index.ts'],
  ])('lets %s import %s', (file, specifier) => {
    expect(lint(file, specifier)).not.toContain('may import only')
  })
})
