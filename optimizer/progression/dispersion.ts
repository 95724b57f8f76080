// Platoons on their way: how they spread and how late they come, in a cycle that repeats. Any unit of flow; steps of a grid.
/** Robertson's recurrence without its lag, in the steady cycle: q'(t) = F q(t) + (1 - F) q'(t - 1). */
export function dispersed(flow: Float64Array, F: number): Float64Array {
  let value = 0
  for (const q of flow) value += F * (q - value)
  // A round from nothing ends at what it would have begun with, short of what would be left of that: a geometric sum.
  value /= 1 - (1 - F) ** flow.length
  return flow.map((q) => (value += F * (q - value)))
}

/** The profile later by a number of steps that need not be whole; nobody is lost. */
export function delayed(flow: Float64Array, shift: number): Float64Array {
  const steps = flow.length
  const into = new Float64Array(steps)
  const whole = Math.floor(shift + 1e-9)
  const part = Math.max(0, shift - whole)
  for (let t = 0; t < steps; t++) {
    const at = (t + whole) % steps
    into[at] = (into[at] as number) + (1 - part) * (flow[t] as number)
    if (part > 0) {
      const next = (at + 1) % steps
      into[next] = (into[next] as number) + part * (flow[t] as number)
    }
  }
  return into
}
