// What is known of a network now, asked once however many components look: the streets, live figures every few seconds, what changes by the minute.
import { signal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { LinkId } from '../../model/network.ts'
import type { Publication } from '../../model/publication.ts'
import type { OffsetReference, SignalId } from '../../model/signal.ts'
import type { MovementState } from '../../model/traffic-state.ts'
import { ask, Refused, type LiveLink } from '../service/service.ts'
import { readStreets, type ServedDrawing, type Streets } from './streets.ts'

export interface LiveMovement { movement: string; crossings: number; delay_s?: number }
export interface LiveTown { at: string; links: ReadonlyMap<LinkId, LiveLink>; movements: ReadonlyMap<string, LiveMovement>; /** By this computer's clock. */ told_ms: number }
export interface RunningTiming { signal: SignalId; plan?: string; cycle_s: number; offset_s: number; offset_reference: OffsetReference; doubted: boolean; valid_until: string }
export interface MeasuredDay { day: string; movements: ReadonlyMap<string, MovementState> }
export interface Published { document: Publication; told_ms: number }

export interface TownData {
  network: string
  streets: Signal<Streets | undefined>
  /** Of the network, for changing it. */
  version: Signal<number>
  live: Signal<LiveTown | undefined>
  published: Signal<Published | undefined>
  timings: Signal<ReadonlyMap<SignalId, RunningTiming>>
  cards: Signal<readonly PlaceCard[]>
  day: Signal<MeasuredDay | undefined>
  /** Why the streets can't be shown. */
  trouble: Signal<string | undefined>
  /** The service did not answer the last time. */
  lost: Signal<boolean>
  /** The streets anew, after they were changed. */
  reload: () => Promise<void>
}

const LIVE_MS = 4000
const SLOW_MS = 30_000

interface Known { data: TownData; users: number; stop: () => void }
const known = new Map<string, Known>()

/** Asked for as long as somebody shows it. */
export function useTown(network: string): TownData {
  const data = townOf(network).data
  useEffect(() => {
    const town = townOf(network)
    if (town.users++ === 0) town.stop = begin(town.data)
    return () => {
      if (--town.users > 0) return
      town.stop()
      known.delete(network)
    }
  }, [network])
  return data
}

function townOf(network: string): Known {
  let town = known.get(network)
  if (town === undefined) {
    const data: TownData = {
      network, streets: signal(undefined), version: signal(0), live: signal(undefined), published: signal(undefined), timings: signal(new Map()), cards: signal([]), day: signal(undefined), trouble: signal(undefined), lost: signal(false),
      reload: () => readDrawing(data),
    }
    town = { data, users: 0, stop: () => {} }
    known.set(network, town)
  }
  return town
}

async function readDrawing({ network, streets, version, trouble }: TownData): Promise<void> {
  try {
    const drawing = await ask<ServedDrawing>(`/networks/${encodeURIComponent(network)}/drawing`)
    version.value = drawing.version
    streets.value = readStreets(drawing)
    trouble.value = undefined
  } catch (error) {
    trouble.value = error instanceof Refused ? error.message : ''
  }
}

function begin(data: TownData): () => void {
  const at = `/networks/${encodeURIComponent(data.network)}`
  const live = async (): Promise<void> => {
    if (document.hidden) return
    try {
      const { at: told, links, movements } = await ask<{ at: string; links: LiveLink[]; movements: LiveMovement[] }>(`${at}/live`)
      data.live.value = { at: told, links: new Map(links.map((link) => [link.link, link])), movements: new Map(movements.map((movement) => [movement.movement, movement])), told_ms: Date.now() }
      data.lost.value = false
    } catch (error) {
      // A network that no feed reads yet has nothing live: that is an answer.
      data.lost.value = !(error instanceof Refused)
    }
  }
  const slow = async (): Promise<void> => {
    if (document.hidden) return
    if (data.streets.value === undefined) await readDrawing(data)
    const none = (): undefined => undefined
    const [published, timings, cards, day] = await Promise.all([
      ask<{ document: Publication }>(`${at}/congestion`).catch(none), ask<{ items: RunningTiming[] }>(`${at}/timings`).catch(none), ask<{ items: PlaceCard[] }>(`${at}/treatments?limit=100`).catch(none), measuredDay(at, data.day.value).catch(none),
    ])
    data.published.value = published?.document.format === 'greenwave.publication/1' ? { document: published.document, told_ms: Date.now() } : undefined
    if (timings !== undefined) data.timings.value = new Map(timings.items.map((timing) => [timing.signal, timing]))
    if (cards !== undefined) data.cards.value = cards.items
    data.day.value = day ?? data.day.value
  }
  void live()
  void slow()
  const timers = [setInterval(() => void live(), LIVE_MS), setInterval(() => void slow(), SLOW_MS)]
  const wake = (): void => { void live(); void slow() }
  document.addEventListener('visibilitychange', wake)
  return () => {
    timers.forEach(clearInterval)
    document.removeEventListener('visibilitychange', wake)
  }
}

/** The newest, asked for anew only where there is a newer one. */
async function measuredDay(at: string, before: MeasuredDay | undefined): Promise<MeasuredDay | undefined> {
  const { days: [day] } = await ask<{ days: string[] }>(`${at}/states?limit=1`)
  if (day === undefined || day === before?.day) return before
  const { items } = await ask<{ items: MovementState[] }>(`${at}/states/${day}/movements`)
  return { day, movements: new Map(items.map((movement) => [movement.movement, movement])) }
}
