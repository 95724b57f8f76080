// Server-sent events with replay: a listener that comes back says what it saw last and gets what it missed.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'
import type { EventLog, ServiceEvent } from '../../plans/ports/event-log.ts'

const LOOK_EVERY_MS = 250
const HEARTBEAT_MS = 15_000
/** A listener that is further behind than this is let go; it comes back and says where it was. */
const MOST_PENDING_BYTES = 1_000_000
const CHUNK = 500

interface Listener {
  /** Undefined where it is not for this listener; else what of it is. */
  shown: (event: ServiceEvent) => ServiceEvent | undefined
  reply: FastifyReply
  seen: number
}

/** One look at the log serves all listeners of this process; other processes write to the same log. */
export class EventHub {
  readonly #log: EventLog
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined
  #seen = 0

  constructor(log: EventLog) {
    this.#log = log
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Takes the connection over. Replays after `Last-Event-ID`, or begins now. `shown` gives what of an event this listener may see, or undefined. */
  async listen(request: FastifyRequest, reply: FastifyReply, shown: (event: ServiceEvent) => ServiceEvent | undefined): Promise<void> {
    const last = request.headers['last-event-id']
    if (last !== undefined && !/^\d{1,15}$/.test(String(last))) throw new GreenwaveError('request.malformed', `Last-Event-ID is ${JSON.stringify(String(last).slice(0, 40))}; it must be the id of an event`)
    const now = await this.#log.last()
    const listener: Listener = { shown, reply, seen: last === undefined ? now : Math.min(Number(last), now) }
    reply.hijack()
    reply.raw.writeHead(200, { ...headersOf(reply), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    reply.raw.write('retry: 2000\n\n')
    request.raw.on('close', () => this.#drop(listener))
    await this.#replay(listener, now)
    this.#listeners.add(listener)
    this.#run(now)
  }

  close(): void {
    clearTimeout(this.#timer)
    clearInterval(this.#heartbeat)
    for (const listener of this.#listeners) listener.reply.raw.end()
    this.#listeners.clear()
  }

  async #replay(listener: Listener, until: number): Promise<void> {
    while (listener.seen < until && !listener.reply.raw.destroyed) {
      const events = await this.#log.since(listener.seen, CHUNK)
      if (events.length === 0) break
      for (const event of events) write(listener, event)
      if (listener.reply.raw.writableNeedDrain) await new Promise((resolve) => listener.reply.raw.once('drain', resolve).once('close', resolve))
    }
  }

  #run(from: number): void {
    if (this.#timer !== undefined) return
    this.#seen = from
    this.#heartbeat = setInterval(() => {
      for (const { reply } of this.#listeners) reply.raw.write(': here\n\n')
    }, HEARTBEAT_MS)
    const look = async (): Promise<void> => {
      try {
        const events = await this.#log.since(this.#seen, CHUNK)
        for (const event of events) for (const listener of this.#listeners) write(listener, event)
        this.#seen = events.at(-1)?.seq ?? this.#seen
        for (const listener of this.#listeners) if (listener.reply.raw.writableLength > MOST_PENDING_BYTES) this.#drop(listener)
      } catch {
        // The store is away; /readyz says so, and the next look goes on from here.
      }
      if (this.#listeners.size > 0) this.#timer = setTimeout(() => void look(), LOOK_EVERY_MS)
      else this.#stop()
    }
    this.#timer = setTimeout(() => void look(), 0)
  }

  #drop(listener: Listener): void {
    this.#listeners.delete(listener)
    if (!listener.reply.raw.destroyed) listener.reply.raw.destroy()
  }

  #stop(): void {
    clearInterval(this.#heartbeat)
    this.#timer = undefined
  }
}

/** What comes twice, from replay and from the look, is written once. */
function write(listener: Listener, event: ServiceEvent): void {
  if (event.seq <= listener.seen) return
  listener.seen = event.seq
  const shown = listener.shown(event)
  if (shown === undefined || listener.reply.raw.destroyed) return
  const { seq, kind, time_s, network, body } = shown
  listener.reply.raw.write(`id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify({ time: new Date(time_s * 1000).toISOString(), ...(network === undefined ? {} : { network }), body })}\n\n`)
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
}
