// The processes of a service on one PostgreSQL, of which any may be killed at any moment and is started again; and how those who use the service ask
// it: whichever process is there, again and again until it says something final.
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres, type TestPostgres } from '../../adapters/store/testing.ts'
import { ask, type Answer, Serving } from '../serving.ts'

/** What a member's process does: flags of `greenwave serve`. */
export interface MemberRole { name: string; args: readonly string[]; web: boolean }

interface Member { role: MemberRole; serving: Serving | undefined }

/** Refusals that pass: the machine was too busy to send a request in time, too many requests, not now, the disk is full. */
const PASSING = new Set([408, 429, 503, 507])
const AGAIN_MS = 100

export class Fleet {
  readonly postgres: TestPostgres
  readonly #members: Member[]
  readonly #random: () => number
  readonly #env: NodeJS.ProcessEnv
  /** Of processes that ended though nobody killed them. */
  readonly deaths: string[] = []
  /** Answers that nobody may ever get. */
  readonly failures: string[] = []
  /** How often a request had to be sent again, by why. */
  readonly repeats = new Map<string, number>()
  stopped = false
  /** Of requests that were answered, ms. */
  longest_ms = 0

  private constructor(postgres: TestPostgres, roles: readonly MemberRole[], random: () => number, env: NodeJS.ProcessEnv) {
    this.postgres = postgres
    this.#members = roles.map((role) => ({ role, serving: undefined }))
    this.#random = random
    this.#env = env
  }

  static async start(roles: readonly MemberRole[], random: () => number, { fsync = false, env = {} }: { fsync?: boolean; env?: NodeJS.ProcessEnv } = {}): Promise<Fleet> {
    const fleet = new Fleet(await startPostgres({ fsync, env }), roles, random, { GREENWAVE_RATE_PER_MINUTE: '1000000', GREENWAVE_LOG_LEVEL: 'info', ...env })
    // One after the other: the first makes the tables and the administrator.
    for (const { name } of roles) {
      await fleet.begin(name)
      await fleet.serving(name).ready()
    }
    return fleet
  }

  get names(): string[] {
    return this.#members.map(({ role }) => role.name)
  }

  serving(name: string): Serving {
    const serving = this.#member(name).serving
    if (serving === undefined) throw new Error(`${name} does not run`)
    return serving
  }

  async begin(name: string): Promise<void> {
    const member = this.#member(name)
    const serving = await Serving.start(['--db', this.postgres.url, ...member.role.args], this.#env)
    member.serving = serving
    void serving.ended().then((how) => {
      if (member.serving === serving && !this.stopped) this.deaths.push(`${name} ended by itself with ${how}: ${serving.said.slice(-2000)}`)
    })
  }

  async kill(name: string): Promise<void> {
    const member = this.#member(name)
    const serving = this.serving(name)
    member.serving = undefined
    await serving.end('SIGKILL')
  }

  /** As the power would take it, and back again. */
  killPostgres(): void {
    this.postgres.kill()
  }

  /** Its orphaned children need a moment to notice. */
  async restartPostgres(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.postgres.start()
      } catch (error) {
        if (attempt === 20) throw error
        await sleep(500)
      }
    }
  }

  /** Of all members that answer requests and run now. */
  pick(): Serving | undefined {
    const running = this.#members.flatMap(({ role, serving }) => (role.web && serving?.runs === true ? [serving] : []))
    return running[Math.floor(this.#random() * running.length)]
  }

  /** One try; undefined where nobody answered, or not finally. */
  async once(token: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer | undefined> {
    const serving = this.pick()
    if (serving === undefined) return this.#again('nobody there')
    let answer: Answer
    const began = performance.now()
    try {
      answer = await ask(`http://127.0.0.1:${serving.port}${path}`, method, body, { authorization: `Bearer ${token}`, ...headers }, 20_000)
    } catch (error) {
      return this.#again((error as Error).name)
    }
    this.longest_ms = Math.max(this.longest_ms, performance.now() - began)
    if (PASSING.has(answer.status)) {
      if (answer.status >= 500 && answer.headers.get('retry-after') === null) this.failures.push(`${method} ${path}: ${answer.status} without Retry-After`)
      return this.#again(`${answer.status} ${answer.body['code'] as string}`)
    }
    if (answer.body['code'] as unknown === 'idempotency.running') return this.#again('idempotency.running')
    if (answer.status >= 500) this.failures.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`)
    return answer
  }

  /** Until something final was said. Throws when the fleet was stopped meanwhile. */
  async insist(token: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    for (;;) {
      if (this.stopped) throw new Stopped()
      const answer = await this.once(token, method, path, body, headers)
      if (answer !== undefined) return answer
      await sleep(AGAIN_MS)
    }
  }

  async remove(): Promise<void> {
    this.stopped = true
    await Promise.all(this.#members.map(({ serving }) => serving?.end('SIGKILL')))
    this.postgres.remove()
  }

  #again(why: string): undefined {
    this.repeats.set(why, (this.repeats.get(why) ?? 0) + 1)
    return undefined
  }

  #member(name: string): Member {
    return this.#members.find(({ role }) => role.name === name)!
  }
}

export class Stopped extends Error {}
