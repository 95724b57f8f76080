// The thread of the embedded database.
import { parentPort, workerData } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import { type Engine, type EngineOptions, openEngine } from './engine.ts'
import type { Asked, Failed, FromEngine, ToEngine } from './engine-messages.ts'
import { buffersOf, type PackedRows } from './packed-rows.ts'

const port = parentPort
if (port === null) throw new GreenwaveError('internal', 'the embedded database begins beside only as a worker thread')

const say = (message: FromEngine, buffers: readonly ArrayBuffer[] = []): void => port.postMessage(message, buffers)

function failedOf(error: unknown): Failed {
  if (!(error instanceof Error)) return { message: String(error), code: undefined, stack: undefined }
  return { message: error.message, code: 'code' in error && typeof error.code === 'string' ? error.code : undefined, stack: error.stack }
}

/** A trap, an exit or a panic inside of it leaves a memory that nobody may write to the disk any more, and that answers nothing. */
function hasDied(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ['RuntimeError', 'ExitStatus'].includes(error.name) || ('severity' in error && ['FATAL', 'PANIC'].includes(String(error.severity)))
}

async function answerOf(engine: Engine, asked: Asked): Promise<PackedRows | number | undefined> {
  if (asked.ask === 'query') return engine.query(asked.text, asked.params)
  if (asked.ask === 'copy') return engine.copy(asked.target, asked.bytes, asked.binary)
  await (asked.ask === 'exec' ? engine.exec(asked.text) : engine.close())
  return undefined
}

async function serve(engine: Engine, { ticket, ...asked }: ToEngine): Promise<void> {
  try {
    const answer = await answerOf(engine, asked)
    say({ ticket, answer }, typeof answer === 'object' ? buffersOf(answer) : [])
  } catch (error) {
    if (hasDied(error)) throw error
    say({ ticket, failed: failedOf(error) })
  }
}

try {
  const engine = await openEngine(workerData as EngineOptions)
  // What it throws ends this thread.
  port.on('message', (message: ToEngine) => { void serve(engine, message) })
  say({ ready: true })
} catch (error) {
  say({ unopened: failedOf(error) })
}
