// A traffic state from a file.
import { readFile } from 'node:fs/promises'
import { GreenwaveError } from '../model/errors.ts'
import type { TrafficState } from '../model/traffic-state.ts'

/** Throws input.unreadable, input.syntax. */
export async function readJson(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new GreenwaveError('input.unreadable', `cannot be read: ${(error as Error).message}`, { file: path }, error)
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new GreenwaveError('input.syntax', `is no JSON: ${(error as Error).message}`, { file: path }, error)
  }
}

/** As `measure --json` prints it. Throws input.unreadable, input.syntax, input.format. */
export async function readState(path: string): Promise<TrafficState> {
  const state = (await readJson(path)) as Partial<TrafficState> | null
  if (state === null || typeof state !== 'object' || state.format !== 'greenwave.state/1' || !Array.isArray(state.movements)) {
    throw new GreenwaveError('input.format', 'is no traffic state; it must be what `measure --json` prints', { file: path })
  }
  const whole = { daily: [], links: [], places: [], areas: [], signals: [], phases: [], feeds: [], ...state } as TrafficState
  // Files of an earlier version have fewer fields.
  return { ...whole, periods: (state.periods ?? []).map((period) => ({ ...period, daily: period.daily ?? [], links: period.links ?? [] })) }
}
