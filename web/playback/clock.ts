// The clock of playback: an instant, a pace, and how far is known. Pure.
export const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60] as const

/** A tab that slept plays on where it was. */
const LONGEST_FRAME_S = 0.25

/** One frame later; never beyond what is known. */
export const advanced = (time_s: number, { frame_s, speed, known_s }: { frame_s: number; speed: number; known_s: number }): number =>
  Math.max(time_s, Math.min(known_s, time_s + Math.min(frame_s, LONGEST_FRAME_S) * speed))

export const clockText = (time_s: number): string => {
  const whole = Math.floor(time_s + 1e-9)
  return [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Seconds of the day of `hh:mm:ss` as it stands in the address. */
export function parseClock(text: string | null): number | undefined {
  const found = /^(\d{1,2}):(\d{2}):(\d{2})$/.exec(text ?? '')
  if (found === null) return undefined
  const [h, m, s] = found.slice(1).map(Number) as [number, number, number]
  return h < 24 && m < 60 && s < 60 ? h * 3600 + m * 60 + s : undefined
}
