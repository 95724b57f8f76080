// The pages for people: one document and its parts, as the build left them. Nothing in them is secret; what they show, they ask for as whoever looks.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { GreenwaveError } from '../model/errors.ts'
import { hashOf } from '../plans/ports/canonical.ts'
import { unchanged } from './http/etag.ts'
import { BASE } from './http/route.ts'
import { publicPageRoute } from './public/route.ts'
import type { Service } from './server.ts'

/** Beside this folder in the build. */
const FOLDER = new URL(import.meta.url.endsWith('.ts') ? '../dist/web/' : '../web/', import.meta.url)
const TYPES: Record<string, string> = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml', png: 'image/png', woff2: 'font/woff2' }
/** Which document answers where; the workbench reads the rest of its address itself. */
const DOCUMENTS: Record<string, string> = { '/': 'index.html', '/corridors': 'index.html', '/wall': 'wall.html', '/screens': 'index.html', '/corridors/:corridor': 'index.html', '/plans/:plan/signals/:signal': 'index.html', '/map': 'index.html', '/playback': 'index.html', '/measures': 'index.html', '/signals/:signal': 'index.html', '/worklist': 'index.html', '/plans': 'index.html', '/plans/:plan': 'index.html', '/schedules': 'index.html', '/controllers': 'index.html' }
const PUBLIC = { access: { role: 'public' as const }, always: true, rateLimit: false as const }

export function pageRoutes(server: FastifyInstance, service: Service): void {
  const known = new Map<string, Promise<{ tag: string; body: Buffer }>>()
  const read = async (name: string): Promise<{ tag: string; body: Buffer }> => {
    const body = await readFile(new URL(name, FOLDER)).catch((error: unknown) => {
      throw new GreenwaveError('request.unknown', `There is no page ${fileURLToPath(new URL(name, FOLDER))}; npm run build makes them`, undefined, error)
    })
    return { tag: hashOf(body.toString('base64')).slice(0, 32), body }
  }
  const send = async (name: string, request: Parameters<typeof unchanged>[0], reply: FastifyReply, kept = 'no-cache'): Promise<unknown> => {
    let file = known.get(name)
    if (file === undefined) {
      known.set(name, file = read(name))
      file.catch(() => known.delete(name))
    }
    const { tag, body } = await file
    reply.header('cache-control', kept)
    return unchanged(request, reply, tag) ? reply.send() : reply.type(TYPES[name.slice(name.lastIndexOf('.') + 1)]!).send(body)
  }
  publicPageRoute(server, service, async () => String((await read('public.html')).body))
  for (const [url, name] of Object.entries(DOCUMENTS)) server.get(url, { config: PUBLIC, schema: { hide: true } }, (request, reply) => send(name, request, reply))
  // The browser takes the key behind the # along.
  server.get<{ Params: { screen: string } }>('/screens/:screen', { config: PUBLIC, schema: { hide: true } }, (request, reply) => reply.redirect(`${BASE}/screens/${encodeURIComponent(request.params.screen)}/page${new URL(request.url, 'http://host').search}`))
  server.get<{ Params: { file: string } }>('/web/:file(^[a-z-]+\\.svg$)', { config: PUBLIC, schema: { hide: true } }, (request, reply) => send(request.params.file, request, reply))
  // Named by the hash of their content: what is kept is never wrong.
  server.get<{ Params: { file: string } }>('/web/assets/:file(^[\\w.-]+\\.(?:js|css|svg|png|woff2)$)', { config: PUBLIC, schema: { hide: true } }, (request, reply) => send(`assets/${request.params.file}`, request, reply, 'public, max-age=31536000, immutable'))
}
