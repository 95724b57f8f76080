// Signal programs as SUMO's files hold them: read, changed, and written again.

export interface Program {
  offset_s: number
  phases: { duration_s: number; state: string }[]
}

export const attribute = (text: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? ''

/** Programs of a network or additional file by traffic light; the last of each. */
export function readPrograms(xml: string): Map<string, Program> {
  return new Map([...xml.matchAll(/<tlLogic ([^>]*[^/])>([\s\S]*?)<\/tlLogic>/g)].map(([, head, body]) => [attribute(head!, 'id'), {
    offset_s: Number(attribute(head!, 'offset')) || 0,
    phases: [...body!.matchAll(/<phase ([^>]*)>/g)].map(([, phase]) => ({ duration_s: Number(attribute(phase!, 'duration')), state: attribute(phase!, 'state') })),
  }]))
}

export const cycleOf = ({ phases }: Program): number => phases.reduce((sum, { duration_s }) => sum + duration_s, 0)

export const isGreen = ({ state }: Program['phases'][number]): boolean => /g/i.test(state) && !/y/i.test(state)

/** Durations of phases in whole seconds, at least one. */
export const withWholeSeconds = (net: string): string => net.replaceAll(/(<phase [^>]*\bduration=")([\d.]+)"/g, (_, head: string, duration: string) => `${head}${Math.max(1, Math.round(Number(duration)))}"`)

/** The tool sets greens only; all else lasts as it did before it was rounded. */
export const withOwnClearances = (program: Program, own: Program | undefined): Program =>
  (own?.phases.length === program.phases.length ? { ...program, phases: program.phases.map((phase, i) => (isGreen(phase) ? phase : own.phases[i]!)) } : program)

/** Gives what lacks to the longest green. */
export function stretched(program: Program, cycle_s: number): Program {
  const lacking = cycle_s - cycleOf(program)
  const longest = program.phases.reduce((best, phase, i) => (isGreen(phase) && (best < 0 || phase.duration_s > program.phases[best]!.duration_s) ? i : best), -1)
  return longest < 0 ? program : { ...program, phases: program.phases.map((phase, i) => (i === longest ? { ...phase, duration_s: phase.duration_s + lacking } : phase)) }
}

export function programsFile(programs: ReadonlyMap<string, Program>, program: string): string {
  const logic = ([id, { offset_s, phases }]: [string, Program]): string => `<tlLogic id="${id}" type="static" programID="${program}" offset="${offset_s}">\n${phases.map(({ duration_s, state }) => `<phase duration="${duration_s}" state="${state}"/>\n`).join('')}</tlLogic>\n`
  return `<additional>\n${[...programs].map(logic).join('')}</additional>\n`
}
