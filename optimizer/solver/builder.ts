/** Builds models by name: variables first, then rows; rows of one variable become bounds. */
import type { Model, Row, Variable } from './solver.ts'

export type Term = readonly [variable: number, coefficient: number]

export class ModelBuilder {
  private readonly variables: Variable[] = []
  private readonly rows: Row[] = []

  /** @returns the index of the new variable. */
  add(name: string, lower: number, upper: number, options: { integer?: boolean; objective?: number } = {}): number {
    this.variables.push({ name, lower, upper, integer: options.integer ?? false, objective: options.objective ?? 0 })
    return this.variables.length - 1
  }

  /** lower <= sum of terms <= upper; repeated variables are summed, zero coefficients dropped. */
  row(name: string, lower: number, terms: readonly Term[], upper: number): void {
    const sums = new Map<number, number>()
    for (const [variable, coefficient] of terms) sums.set(variable, (sums.get(variable) ?? 0) + coefficient)
    const kept = [...sums].filter(([, coefficient]) => coefficient !== 0)
    if (kept.length === 1) this.tighten(kept[0][0], kept[0][1], lower, upper)
    else this.rows.push({ name, lower, upper, indices: kept.map(([j]) => j), values: kept.map(([, value]) => value) })
  }

  build(): Model {
    return { variables: this.variables, rows: this.rows }
  }

  private tighten(j: number, coefficient: number, lower: number, upper: number): void {
    const [low, high] = coefficient > 0 ? [lower / coefficient, upper / coefficient] : [upper / coefficient, lower / coefficient]
    const old = this.variables[j]
    this.variables[j] = { ...old, lower: Math.max(old.lower, low), upper: Math.min(old.upper, high) }
  }
}
