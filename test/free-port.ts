import { createServer } from 'node:net'

/** A port of this computer on which nobody listened a moment ago. Rejects where none can be had. */
export const freePort = (): Promise<number> => new Promise((resolve, reject) => {
  const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
  })
})
