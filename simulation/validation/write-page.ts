// `npm run validate`: measures everything and writes docs/validation.md. Run from the root of the repository.
import { writeFileSync } from 'node:fs'
import { PHENOMENA } from './catalogue.ts'
import { isMissed, listMisses } from './figures.ts'
import { judged, measure, page } from './page.ts'

const all = PHENOMENA.map((phenomenon) => {
  const measured = measure(phenomenon)
  const figures = judged(measured)
  process.stdout.write(`${figures.some(isMissed) ? 'missed' : 'ok    '} ${phenomenon.title}\n${listMisses(figures).map((miss) => `         ${miss}\n`).join('')}`)
  return measured
})
writeFileSync('docs/validation.md', page(all))
