// `greenwave serve` from the build, in a process of its own, as tests and benches run and kill it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
/** Beside this file in the build, below it in the sources. */
const BUILD = ROOT.endsWith('dist') ? ROOT : join(ROOT, 'dist')
export const PROGRAM = join(BUILD, 'cli', 'main.js')
/** Of the first administrator. */
export const PASSWORD = 'correct horse battery'

export type Answer = { status: number; body: Record<string, never>; headers: Headers }

export class Serving {
  static readonly #all = new Set<Serving>()
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown[]>
  #token = ''
  /** Its log. */
  said = ''
  port = 0

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    // Where no file of settings lies.
    this.#child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', ...args], { cwd: BUILD, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, GREENWAVE_ADMIN_PASSWORD: PASSWORD, ...env } })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.said += text })
    this.#exit = once(this.#child, 'exit')
    Serving.#all.add(this)
  }

  /** Listens when this resolves; whether its database is there is another matter. A later `--port` among the arguments holds. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
    const serving = new Serving(args, env)
    await until(() => /"port":(\d+)/.test(serving.said) || !serving.runs)
    serving.port = Number(/"port":(\d+)/.exec(serving.said)?.[1])
    return serving
  }

  /** All that still run are killed. */
  static async endAll(): Promise<void> {
    const all = [...Serving.#all]
    Serving.#all.clear()
    await Promise.all(all.map((one) => one.end('SIGKILL')))
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(`http://127.0.0.1:${this.port}${path}`, method, body, { ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }), ...headers })
  }

  ready = (within_ms?: number): Promise<void> => until(async () => {
    if (!this.runs) throw new Error(`it ended by itself: ${this.said.slice(-3000)}`)
    return (await this.ask('GET', '/readyz')).status === 200
  }, within_ms)

  async logIn(): Promise<void> {
    this.#token = ''
    const { status, body } = await this.ask('POST', '/api/v1/sessions', { login: 'administrator', password: PASSWORD })
    if (status !== 201) throw new Error(`logging in was answered with ${status}`)
    this.#token = body['token']!
  }

  /** Its exit code, or the signal that ended it. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    if (this.runs) this.#child.kill(signal)
    return this.ended()
  }

  async ended(): Promise<number | string> {
    const [code, by] = await this.#exit as [number | null, string | null]
    return code ?? by ?? 'nothing'
  }
}

/** A body that is text or bytes goes as it is, anything else as JSON. Throws TypeError where nobody answers. */
export async function ask(url: string, method: string, body?: unknown, headers: Record<string, string> = {}, within_ms = 60_000): Promise<Answer> {
  const plain = typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(url, {
    method, headers: { ...(body === undefined || plain ? {} : { 'content-type': 'application/json' }), ...headers }, signal: AbortSignal.timeout(within_ms),
    ...(body === undefined ? {} : { body: plain ? (body as string) : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: (answer.headers.get('content-type')?.includes('json') === true ? JSON.parse(text) : { text }) as Answer['body'] }
}

export async function until(met: () => boolean | Promise<boolean>, within_ms = 120_000): Promise<void> {
  for (const began = performance.now(); !(await met());) {
    if (performance.now() - began > within_ms) throw new Error('it did not come to that')
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
}
