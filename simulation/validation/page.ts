// The page that tells what the validation suite measures: docs/validation.md. One section per phenomenon.
import { isMissed, JUDGED, nameOf, shown, targetOf, TOLD, type Driving, type Figure, type Phenomenon } from './figures.ts'

/** Figures of one phenomenon by driving, the judged one first. */
export interface Measured {
  phenomenon: Phenomenon
  columns: { driving: Driving; figures: Figure[] }[]
}

export function measure(phenomenon: Phenomenon): Measured {
  const drivings = phenomenon.compared ? [JUDGED, ...TOLD] : [JUDGED]
  return { phenomenon, columns: drivings.map((driving) => ({ driving, figures: phenomenon.measure(driving) })) }
}

export const judged = ({ columns }: Measured): Figure[] => columns[0]!.figures

export function section({ phenomenon, columns }: Measured): string {
  const [first, ...others] = columns
  const head = ['', 'unit', 'target', nameOf(first!.driving), ...others.map(({ driving }) => nameOf(driving))]
  const rows = first!.figures.map((figure) => [
    figure.name, figure.unit, targetOf(figure), isMissed(figure) ? `**${shown(figure)} missed**` : shown(figure),
    ...others.map(({ figures }) => figures.find(({ name }) => name === figure.name)).map((other) => (other === undefined ? '' : shown(other))),
  ])
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    `## ${phenomenon.title}`, '', `${phenomenon.how} *${phenomenon.source}*`, '',
    line(head), line(['---', '---', '---:', ...columns.map(() => '---:')]), ...rows.map(line), '',
  ].join('\n')
}

const INTRODUCTION = `# Does the traffic behave?

What the microsimulation does, measured on it, beside what the literature or physics say. Written by \`npm run validate\`; the tests compare every
figure of this page with the code and every figure that has a target with its target. ${nameOf(JUDGED)} is the default and is judged; the other models
are told beside it. Driving rules are \`field\`. Definitions of stop, delay and queue stand in \`simulation/result.ts\`.
`

export function page(all: readonly Measured[]): string {
  const figures = all.flatMap(judged).filter(({ target }) => target !== undefined)
  const missed = all.flatMap((measured) => judged(measured).filter(isMissed).map(({ name }) => `- ${measured.phenomenon.title}: ${name}`))
  const verdict = `${figures.length - missed.length} of ${figures.length} targets are met.${missed.length === 0 ? '' : ' Missed:'}`
  return [INTRODUCTION, verdict, ...(missed.length === 0 ? [] : ['', ...missed]), '', ...all.map(section)].join('\n')
}

/** The section of a phenomenon as a page has it; empty where it has none. */
export function findSection(text: string, title: string): string {
  const from = text.indexOf(`## ${title}\n`)
  if (from < 0) return ''
  const next = text.indexOf('\n## ', from)
  return next < 0 ? text.slice(from) : text.slice(from, next + 1)
}
