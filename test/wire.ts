// A wire to the database that can be cut so that nobody is told: what is sent into an old connection is swallowed, while new ones go through again.
import { connect, createServer, type Server, type Socket } from 'node:net'

export class Wire {
  readonly port: number
  readonly #server: Server
  readonly #connections = new Set<{ silent: boolean; ends: Socket[] }>()
  #cut = false

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async to(target: number): Promise<Wire> {
    let wire: Wire
    const server = createServer({ allowHalfOpen: true }, (near) => wire.#join(near, target))
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    wire = new Wire(server, (server.address() as { port: number }).port)
    return wire
  }

  /** Connections of now fall silent for ever; new ones stay silent until `mend`. */
  cut(): void {
    this.#cut = true
    for (const connection of this.#connections) connection.silent = true
  }

  mend(): void {
    this.#cut = false
  }

  close(): void {
    for (const { ends } of this.#connections) for (const end of ends) end.destroy()
    this.#server.close()
  }

  #join(near: Socket, target: number): void {
    const far = connect(target, '127.0.0.1')
    const connection = { silent: this.#cut, ends: [near, far] }
    this.#connections.add(connection)
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on('data', (bytes) => { if (!connection.silent) to.write(bytes) })
      from.on('error', () => {})
      from.on('close', () => { if (!connection.silent) to.destroy() })
    }
  }
}
