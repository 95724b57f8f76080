// For integration tests and benches: a NATS server with JetStream of their own, in a throw-away directory on a free port.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../test/free-port.ts'

/** Undefined where there is none. */
const program = ['nats-server', '/usr/sbin/nats-server'].find((command) => spawnSync(command, ['--version']).error === undefined)
export const hasNats = program !== undefined

export interface TestNats {
  url: string
  /** In order; what it has stays on disk. */
  stop(): Promise<void>
  start(): Promise<void>
  /** As the power would, for the process. */
  kill(): Promise<void>
  /** It hangs, or goes on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void
  remove(): Promise<void>
}

/** `max_payload` as deploy/nats.conf has it, or another. */
export async function startNatsServer({ max_payload = 8_388_608 }: { max_payload?: number } = {}): Promise<TestNats> {
  const port = await freePort()
  const directory = mkdtempSync(join(tmpdir(), 'greenwave-nats-'))
  const config = join(directory, 'nats.conf')
  writeFileSync(config, `listen: "127.0.0.1:${port}"\nmax_payload: ${max_payload}\njetstream { store_dir: "${directory}" }\n`)
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn(program!, ['-c', config], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 400; attempt++) {
      if (await greets(port)) return
      await new Promise((resolve) => { setTimeout(resolve, 25) })
    }
    throw new Error(`nats-server does not greet on port ${port}`)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const own = child
    child = undefined
    if (own === undefined || own.exitCode !== null || own.signalCode !== null) return
    const ended = once(own, 'exit')
    own.kill(signal)
    await ended
  }
  await start()
  return {
    url: `nats://127.0.0.1:${port}`, start, stop: () => end('SIGTERM'), kill: () => end('SIGKILL'), signal: (name) => { child?.kill(name) },
    async remove() {
      await end('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const greets = (port: number): Promise<boolean> => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1')
  socket.once('data', (data) => {
    resolve(data.toString().startsWith('INFO'))
    socket.destroy()
  })
  socket.once('error', () => resolve(false))
})
