/** A model as a free MPS file, the one format that CBC and GLPK read alike. MPS minimises: the objective is negated. */
import type { Model, Row } from '../../optimizer/solver/solver.ts'

export function mpsOf({ variables, rows }: Model): string {
  const lines = ['NAME bands', 'ROWS', ' N cost', ...rows.map((row, i) => ` ${kindOf(row)} r${i}`), 'COLUMNS']
  const columns: string[][] = variables.map(({ name, objective }) => (objective === 0 ? [] : [` ${name} cost ${-objective}`]))
  rows.forEach(({ indices, values }, i) => {
    indices.forEach((j, k) => columns[j].push(` ${variables[j].name} r${i} ${values[k]}`))
  })
  for (const column of columns) lines.push(...column)
  lines.push('RHS')
  rows.forEach((row, i) => lines.push(` rhs r${i} ${Number.isFinite(row.upper) ? row.upper : row.lower}`))
  lines.push('RANGES')
  rows.forEach((row, i) => {
    if (Number.isFinite(row.lower) && Number.isFinite(row.upper) && row.lower !== row.upper) lines.push(` range r${i} ${row.upper - row.lower}`)
  })
  lines.push('BOUNDS')
  for (const variable of variables) lines.push(...boundsOf(variable))
  return `${[...lines, 'ENDATA'].join('\n')}\n`
}

function kindOf({ lower, upper }: Row): 'E' | 'L' | 'G' {
  if (lower === upper) return 'E'
  return Number.isFinite(upper) ? 'L' : 'G'
}

/** Both bounds are always written, for the readers disagree on the defaults of integers. */
function boundsOf({ name, lower, upper, integer }: Model['variables'][number]): string[] {
  const low = Number.isFinite(lower) ? ` ${integer ? 'LI' : 'LO'} bound ${name} ${lower}` : ` MI bound ${name}`
  const high = Number.isFinite(upper) ? ` ${integer ? 'UI' : 'UP'} bound ${name} ${upper}` : ` PL bound ${name}`
  return [low, high]
}
