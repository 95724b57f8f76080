// Which methods an address knows, so that a wrong one is told from a wrong address.
import type { FastifyInstance } from 'fastify'

export class Addresses {
  readonly #known: { pattern: RegExp; method: string }[] = []

  /** Notes every route that is registered from now on. */
  constructor(server: FastifyInstance) {
    server.addHook('onRoute', ({ url, method }) => {
      const pattern = new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:[A-Za-z_]+/g, '[^/]+')}$`)
      for (const one of Array.isArray(method) ? method : [method]) this.#known.push({ pattern, method: one })
    })
  }

  methodsAt(path: string): string[] {
    return [...new Set(this.#known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort()
  }
}
