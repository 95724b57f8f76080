// From the phases of a SUMO program to stages: which ones serve traffic and may be lengthened, and which only change
// colours (interstages) and stay as they are.
import type { Stage, StagePattern } from '../../../model/signal.ts'
import type { Phase } from './columns.ts'

/** A green shorter than this is too short to start on (STM 2nd ed., minimum green); used where the source names none. */
export const SHORTEST_GREEN_S = 5
/** All-red and other clearance after a yellow lasts no longer than this; a longer phase without new green serves somebody. */
const LONGEST_CLEARANCE_S = 5

/** True where a phase only changes colours: yellow, all red, or a short time after yellow in which nothing new is green. */
function isInterstage(phases: readonly Phase[], i: number, greens: readonly ReadonlySet<string>[]): boolean {
  const n = phases.length
  const phase = phases[i]
  const [now, before] = [greens[i], greens[(i + n - 1) % n]]
  if (phase === undefined || now === undefined || before === undefined || n === 1) return false
  if (phase.state.includes('y') || now.size === 0) return true
  const nothingNew = [...now].every((group) => before.has(group))
  const isFixed = phase.max === undefined || phase.min === undefined || phase.max <= phase.min
  const afterYellow = phases[(i + n - 1) % n]?.state.includes('y') === true
  return nothingNew && afterYellow && isFixed && phase.duration <= LONGEST_CLEARANCE_S
}

/** In: merged phases and the groups green in each. Out: stages of the same durations. */
export function stagesFrom(phases: readonly Phase[], greens: readonly ReadonlySet<string>[]): Stage[] {
  const interstage = phases.map((_, i) => isInterstage(phases, i, greens))
  if (interstage.every(Boolean)) interstage[longest(phases)] = false
  return phases.map((phase, i): Stage => {
    const green = [...(greens[i] ?? [])]
    const id = phase.name === undefined ? String(i + 1) : `${i + 1} ${phase.name}`
    if (interstage[i] === true) return { id, kind: 'interstage', green, duration_s: phase.duration }
    const min_s = Math.min(phase.min ?? SHORTEST_GREEN_S, phase.duration)
    return { id, kind: 'stage', green, duration_s: phase.duration, min_s, ...(phase.max === undefined ? {} : { max_s: Math.max(phase.max, phase.duration) }) }
  })
}

const longest = (phases: readonly Phase[]): number => phases.reduce((best, phase, i) => (phase.duration > (phases[best]?.duration ?? 0) ? i : best), 0)

/** Least length that each green of a group can have under a pattern: stages at their minimum, interstages as they are, s. */
export function leastGreens(pattern: StagePattern, group: string): number[] {
  const { stages } = pattern
  const n = stages.length
  const has = (i: number): boolean => stages[i % n]?.green.includes(group) === true
  const least = (i: number): number => {
    const stage = stages[i % n]
    return stage === undefined ? 0 : stage.kind === 'interstage' ? stage.duration_s : (stage.min_s ?? stage.duration_s)
  }
  const first = stages.findIndex((_, i) => has(i) && !has(i + n - 1))
  if (first === -1) return has(0) ? [stages.reduce((sum, _, i) => sum + least(i), 0)] : []
  const greens: number[] = []
  for (let i = first; i < first + n; i++) {
    if (!has(i)) continue
    if (!has(i + n - 1)) greens.push(0)
    greens[greens.length - 1] = (greens.at(-1) ?? 0) + least(i)
  }
  return greens
}
