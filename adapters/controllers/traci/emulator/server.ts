// The emulated SUMO behind a TCP port, with the faults of a line. It serves one client, as SUMO does; when another comes a new run begins.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { RequestKind } from '../../emulator/faults.ts'
import type { EmulatedSumo } from './sumo.ts'
import { commandsOf, NotTraci, SumoSession, type ClientCommand } from './wire.ts'

const STEP = 0x02

/** What a message asks for; with it, whether it is a step, which is no request to a controller. */
export function kindOf(commands: readonly ClientCommand[]): RequestKind {
  const sets = commands.filter(({ id }) => id === 0xc2)
  return sets.some(({ body }) => body[0] === 0x2c) ? 'write' : sets.length > 0 ? 'command' : 'read'
}

export class SumoServer {
  readonly #sumo: EmulatedSumo
  readonly #server: Server
  #client: Socket | undefined

  constructor(sumo: EmulatedSumo) {
    this.#sumo = sumo
    this.#server = createServer((socket) => this.#serve(socket))
  }

  listen(): Promise<number> {
    return new Promise((resolve) => { this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port)) })
  }

  /** Bytes that the client did not ask for. */
  shout(bytes: string | Uint8Array): void {
    this.#client?.write(bytes)
  }

  close(): Promise<void> {
    this.#client?.destroy()
    return new Promise((resolve) => { this.#server.close(() => resolve()) })
  }

  #serve(socket: Socket): void {
    if (this.#client !== undefined) this.#sumo.restart()
    this.#client?.destroy()
    this.#client = socket
    const session = new SumoSession(this.#sumo)
    let rest: Buffer = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      try {
        while (rest.length >= 4 && rest.length >= rest.readInt32BE(0)) {
          const length = rest.readInt32BE(0)
          if (length < 4) throw new NotTraci(`a message of ${length} bytes`)
          this.#work(session, commandsOf(rest.subarray(4, length)), socket)
          rest = rest.subarray(length)
        }
      } catch (error) {
        socket.destroy()
        if (!(error instanceof NotTraci)) throw error
      }
    })
  }

  #work(session: SumoSession, commands: readonly ClientCommand[], socket: Socket): void {
    const { faults } = this.#sumo
    const [kind, isStep] = [kindOf(commands), commands.some(({ id }) => id === STEP)]
    if (isStep ? faults.link_down : !faults.arrives(kind)) return
    const answers = Buffer.concat(commands.map((command) => session.answer(command)))
    const head = Buffer.alloc(4)
    head.writeInt32BE(answers.length + 4)
    const send = (): void => { if (!socket.destroyed) socket.write(Buffer.concat([head, answers])) }
    if (isStep) send()
    else faults.deliver(kind, send)
  }
}
