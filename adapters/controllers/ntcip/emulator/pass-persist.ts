// The emulated controller below a real snmpd: its `pass_persist` program is a pipe to a socket of this process, where the lines are answered.
import { createServer, type Server, type Socket } from 'node:net'
import type { EmulatedNtcip, Value } from './device.ts'

const MIB = '1.3.6.1.4.1.1206.4.2'
/** A line of the daemon is an id or a value; more is not its doing. */
const LONGEST_LINE = 4096

/** What snmpd.conf needs besides its own lines, and the program that snmpd starts: it passes its input and output to the socket. */
export const passLine = (program: string): string => `pass_persist .${MIB} ${program}`
export const PROGRAM = `import { connect } from 'node:net'
const socket = connect(process.argv[2])
process.stdin.pipe(socket).pipe(process.stdout)
socket.on('error', () => process.exit(1)).on('close', () => process.exit(0))
`

export class PassPersist {
  readonly #device: EmulatedNtcip
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(device: EmulatedNtcip) {
    this.#device = device
    this.#server = createServer((socket) => this.#serve(socket))
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => { this.#server.once('error', reject).listen(path, () => resolve()) })
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    let [rest, lines]: [string, string[]] = ['', []]
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy()).on('data', (chunk) => {
      const parts = (rest + chunk.toString('latin1')).split('\n')
      rest = parts.pop() ?? ''
      if (rest.length > LONGEST_LINE) { socket.destroy(); return }
      // The daemon ends a set with an empty line.
      lines.push(...parts.filter((line) => line !== ''))
      for (;;) {
        const needed = lines[0] === 'set' ? 3 : lines[0] === 'get' || lines[0] === 'getnext' ? 2 : 1
        if (lines.length < needed) return
        const [command = '', oid = '', value = ''] = lines.splice(0, needed)
        socket.write(this.#answer(command, oid.replace(/^\./, ''), value))
      }
    })
  }

  #answer(command: string, oid: string, value: string): string {
    switch (command) {
      case 'PING': return 'PONG\n'
      case 'get': return described(oid, this.#device.get(oid))
      // Nobody walks a controller here.
      case 'getnext': return 'NONE\n'
      case 'set': return `${this.#set(oid, value)}\n`
      default: return 'NONE\n'
    }
  }

  #set(oid: string, text: string): string {
    const [type, number] = text.split(' ')
    return type === 'integer' && number !== undefined && /^-?\d+$/.test(number) ? this.#device.set(oid, Number(number)) : 'wrong-type'
  }
}

function described(oid: string, found: Value | undefined): string {
  if (found === undefined) return 'NONE\n'
  const value = found.type === 'octet' ? found.value.map((byte) => byte.toString(16).padStart(2, '0')).join(' ') : String(found.value)
  return `.${oid}\n${found.type}\n${value}\n`
}
