// What is played and at which instant: one clock for the panes and for the map. Kept a while when nobody looks, so that who goes from the map to the panes goes on where he was.
import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { useCommands } from '../shell/commands.ts'
import { cursor } from '../shell/cursor.ts'
import { query } from '../shell/location.ts'
import { advanced, parseClock, SPEEDS } from './clock.ts'
import type { RunHead } from './protocol.ts'
import { openSession, type PlaySession } from './session.ts'
import { words } from './words.ts'

export interface Asked {
  plan: string | undefined
  network: string | undefined
  seed: number
}

export interface Player {
  session: ReadonlySignal<PlaySession | undefined>
  /** Why there is nothing to play, or no more. */
  trouble: ReadonlySignal<string | undefined>
  /** 0 before anything is known. */
  time: Signal<number>
  playing: Signal<boolean>
  speed: Signal<number>
  followed: Signal<number | undefined>
  head: ReadonlySignal<RunHead | undefined>
  /** Up to when every side is simulated. */
  known: ReadonlySignal<number>
  /** Every side is simulated to its end. */
  done: ReadonlySignal<boolean>
  /** To an instant, as far as is known. */
  jump: (to_s: number) => void
  /** To an instant as soon as it is known. */
  want: (time_s: number) => void
}

const ME = 'playback'
/** Long enough for the way to another page; what runs in the street may change meanwhile. */
const KEPT_MS = 10_000

interface Known { player: Player; users: number; stop?: () => void; timer?: ReturnType<typeof setTimeout> }
const known = new Map<string, Known>()

export const seedOf = (text: string | null): number => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 1)
export const speedOf = (text: string | null): number => SPEEDS.find((one) => one === Number(text)) ?? 5
/** What the address asks for. */
export const askedFor = (network: string | undefined): Asked => ({ plan: query.value.get('plan') ?? undefined, network, seed: seedOf(query.value.get('seed')) })

/** Simulates as long as somebody shows it, and a little longer; stands still when nobody does. */
export function usePlayer(asked: Asked): Player {
  const key = JSON.stringify([asked.plan ?? null, asked.plan === undefined ? asked.network ?? null : null, asked.seed])
  const player = useMemo(() => knownOf(key).player, [key])
  useEffect(() => {
    const own = knownOf(key)
    own.users++
    clearTimeout(own.timer)
    own.stop ??= begin(own.player, asked)
    const at = parseClock(query.value.get('t'))
    if (at !== undefined && Math.floor(own.player.time.value) !== at) own.player.want(at)
    return () => {
      own.users--
      if (own.users > 0) return
      own.player.playing.value = false
      // What failed is tried anew.
      own.timer = setTimeout(() => forget(key), own.player.trouble.value === undefined ? KEPT_MS : 0)
    }
  }, [key])
  return player
}

function knownOf(key: string): Known {
  let one = known.get(key)
  if (one === undefined) {
    // Runs fill memory: of those that nobody shows none is kept beside another.
    for (const [other, { users }] of known) if (users === 0) forget(other)
    one = { player: newPlayer(), users: 0 }
    known.set(key, one)
  }
  return one
}

function forget(key: string): void {
  const one = known.get(key)
  if (one === undefined || one.users > 0) return
  clearTimeout(one.timer)
  one.stop?.()
  known.delete(key)
}

interface Opened extends Player { session: Signal<PlaySession | undefined>; failed: Signal<string | undefined>; wanted: Signal<number | undefined> }

function newPlayer(): Opened {
  const session = signal<PlaySession | undefined>(undefined)
  const [failed, wanted] = [signal<string | undefined>(undefined), signal<number | undefined>(undefined)]
  const time = signal(0)
  const recordings = computed(() => {
    void session.value?.grown.value
    return (session.value?.sides ?? []).map((side) => session.value!.recordings.value[side])
  })
  const head = computed(() => recordings.value.find((one) => one !== undefined)?.head)
  const known = computed(() => (void session.value?.grown.value, Math.min(...recordings.value.map((one) => one?.until_s ?? -Infinity))))
  return {
    session, failed, wanted, time, playing: signal(false), speed: signal(speedOf(query.peek().get('speed'))), followed: signal(undefined), head, known,
    trouble: computed(() => failed.value ?? session.value?.trouble.value),
    done: computed(() => (void session.value?.grown.value, recordings.value.length > 0 && recordings.value.every((one) => one?.ended !== undefined))),
    jump: (to_s) => {
      wanted.value = undefined
      if (head.value !== undefined) time.value = Math.min(Math.max(head.value.from_s, to_s), Math.max(head.value.from_s, known.value))
    },
    want: (time_s) => { wanted.value = time_s },
  }
}

function begin(player: Player, asked: Asked): () => void {
  const { session, failed, wanted, time, playing, speed, head, known, done } = player as Opened
  let gone = false
  openSession({ ...asked, period: query.peek().get('period') ?? undefined }).then((opened) => {
    if (gone) return opened?.close()
    session.value = opened
  }, (error: unknown) => {
    failed.value = error instanceof TypeError ? words().lost : (error as Error).message
  })
  const stops = [
    // At the wanted instant as soon as it is simulated, else at the beginning.
    effect(() => {
      if (head.value === undefined) return
      const { from_s, until_s } = head.value
      if (time.peek() === 0) time.value = from_s
      if (wanted.value === undefined || known.value < Math.min(wanted.value, until_s)) return
      time.value = Math.min(Math.max(wanted.value, from_s), until_s)
      wanted.value = undefined
    }),
    effect(() => {
      if (!playing.value) return undefined
      let last: number | undefined
      let frame = requestAnimationFrame(function turn(now) {
        if (last !== undefined) time.value = advanced(time.peek(), { frame_s: (now - last) / 1000, speed: speed.peek(), known_s: known.peek() })
        last = now
        if (time.peek() >= known.peek() && done.peek()) playing.value = false
        else frame = requestAnimationFrame(turn)
      })
      return () => cancelAnimationFrame(frame)
    }),
  ]
  return () => {
    gone = true
    stops.forEach((stop) => stop())
    session.value?.close()
  }
}

/** The instant and the vehicle are those of the diagram and the charts, and theirs are ours. */
export function usePlayCursor({ time, followed, playing, jump }: Player): void {
  useEffect(() => {
    if (time.value > 0) cursor.value = { ...cursor.value, time_s: time.value, ...(followed.value === undefined ? {} : { vehicle: String(followed.value) }), from: ME }
  }, [time.value, followed.value])
  useEffect(() => {
    const other = cursor.value
    if (other !== undefined && other.from !== ME && other.time_s !== undefined && !playing.value) jump(other.time_s)
  }, [cursor.value])
}

export function usePlayKeys({ playing, speed, time, jump }: Player): void {
  const faster = (by: number): void => { speed.value = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, SPEEDS.indexOf(speed.value as (typeof SPEEDS)[number]) + by))]! }
  useCommands([
    { id: 'playback.play', title: () => (playing.value ? words().pause : words().play), keys: [' ', 'k'], run: () => { playing.value = !playing.value } },
    { id: 'playback.back', title: () => words().back, keys: ['ArrowLeft', 'j'], run: () => jump(time.value - 10) },
    { id: 'playback.on', title: () => words().on, keys: ['ArrowRight', 'l'], run: () => jump(time.value + 10) },
    { id: 'playback.slower', title: () => `${words().speed} −`, keys: ['['], run: () => faster(-1) },
    { id: 'playback.faster', title: () => `${words().speed} +`, keys: [']'], run: () => faster(1) },
    { id: 'playback.first', title: () => words().first, keys: ['Home'], run: () => jump(0) },
  ])
}
