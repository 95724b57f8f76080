// A headless Chromium that tests drive over its pipe (DevTools protocol, messages ended by NUL): no driver to install.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export const hasChromium = (): boolean => {
  try {
    execFileSync('which', ['chromium'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

type Message = { id?: number; result?: Record<string, unknown>; error?: { message: string }; method?: string; params?: Record<string, unknown> }

export interface Screen { width: number; height: number; scheme?: 'light' | 'dark' }

export class Chromium {
  readonly #child: ChildProcess
  readonly #profile = mkdtempSync(join(tmpdir(), 'greenwave-chromium-'))
  readonly #asked = new Map<number, (message: Message) => void>()
  #session = ''
  #ids = 0
  /** What the page complained of. */
  readonly complaints: string[] = []

  private constructor() {
    this.#child = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--hide-scrollbars', '--lang=en', `--user-data-dir=${this.#profile}`, '--remote-debugging-pipe'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
    let rest = ''
    const answers = this.#child.stdio[4] as Readable
    answers.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0')
      rest = messages.pop()!
      for (const message of messages) this.#hear(JSON.parse(message) as Message)
    })
  }

  static async start(): Promise<Chromium> {
    const chromium = new Chromium()
    const { targetId } = await chromium.#ask('Target.createTarget', { url: 'about:blank' })
    chromium.#session = (await chromium.#ask('Target.attachToTarget', { targetId, flatten: true }))['sessionId'] as string
    for (const domain of ['Page', 'Runtime', 'Log']) await chromium.#ask(`${domain}.enable`)
    return chromium
  }

  async open(url: string, { width, height, scheme = 'light' }: Screen): Promise<void> {
    await this.#ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 })
    await this.#ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
    await this.#ask('Page.navigate', { url })
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }) as { result: { value: T }; exceptionDetails?: object }
    if (exceptionDetails !== undefined) throw new Error(`the page threw: ${JSON.stringify(exceptionDetails).slice(0, 500)}`)
    return result.value
  }

  /** After colours have come to rest. */
  async picture(path: string): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve, 1500) })
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'png' })
    writeFileSync(path, Buffer.from(data as string, 'base64'))
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    // Its helpers may write for a moment yet.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  #ask(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#ids
    return new Promise((resolve, reject) => {
      this.#asked.set(id, ({ result, error }) => (error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`))))
      ;(this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...(this.#session === '' ? {} : { sessionId: this.#session }) })}\0`)
    })
  }

  #hear(message: Message): void {
    if (message.id !== undefined) this.#asked.get(message.id)?.(message)
    else if (message.method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(message.params).slice(0, 500))
    else if (message.method === 'Log.entryAdded') {
      const { level, text, url } = message.params!['entry'] as { level: string; text: string; url?: string }
      if (level === 'error') this.complaints.push(`${text} ${url ?? ''}`)
    }
  }
}
