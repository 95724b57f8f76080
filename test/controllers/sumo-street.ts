// SUMO as a street with controllers, for tests: started on a free port, with the clock of the street for its controllers.
import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Signal } from '../../model/signal.ts'
import type { DriverContext, WireEntry } from '../../plans/ports/controllers.ts'
import type { TraciStreet } from '../../adapters/controllers/traci/street.ts'
import { freePort } from '../free-port.ts'

export interface ServedSumo {
  port: number
  process: ChildProcess
  /** Exit code, once it ended. */
  ended: Promise<number | null>
}

/** Starts SUMO with a TraCI port and waits until it listens. */
export async function serveSumo(net: string, options: readonly string[] = [], clients = 1): Promise<ServedSumo> {
  const port = await freePort()
  const child = spawn('sumo', ['-n', resolve(net), '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--remote-port', String(port), ...(clients === 1 ? [] : ['--num-clients', String(clients)]), ...options], { stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => { words += chunk.toString() })
  const ended = new Promise<number | null>((done) => { child.once('exit', done) })
  await listening(child, port, () => words)
  return { port, process: child, ended }
}

/** A look at the table of sockets, because SUMO takes any connection for its one client. */
async function listening(child: ChildProcess, port: number, words: () => string): Promise<void> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`sumo ended: ${words()}`)
    const table = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')))
    if (table.some((text) => text.split('\n').some((line) => new RegExp(`^\\s*\\d+: \\w+:${hex} \\w+:0000 0A `).test(line)))) return
    await sleep(50)
  }
  throw new Error(`sumo did not listen on ${port}: ${words()}`)
}

/** What a driver needs, with the clock of the street; `wire` gets every message. */
export function streetContext(signal: Signal, street: Pick<TraciStreet, 'now' | 'wait'>, wire: WireEntry[] = []): DriverContext {
  return { signal, time_zone: 'UTC', now: () => street.now(), wait: (seconds, abort) => street.wait(seconds, abort), wire: (entry) => { wire.push(entry) }, secret: () => undefined }
}
