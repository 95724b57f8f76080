import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
/** What weighs more makes a page slow to open. */
const MOST_BYTES = 200_000

it.each(['README.md', 'README.zh-CN.md', 'docs/tutorial.md'])('%s shows pictures that are there and light, and links to files that are there', (document) => {
  const links = [...readFileSync(join(ROOT, document), 'utf8').matchAll(/(!?)\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)/g)].filter(([, , to]) => !/^https?:/.test(to!))
  expect(links.length).toBeGreaterThan(1)
  const fileOf = (to: string): string => join(ROOT, dirname(document), to)
  expect(links.map(([, , to]) => to!).filter((to) => !existsSync(fileOf(to)))).toEqual([])
  expect(links.filter(([, picture]) => picture === '!').map(([, , to]) => to!).filter((to) => statSync(fileOf(to)).size >= MOST_BYTES)).toEqual([])
})
