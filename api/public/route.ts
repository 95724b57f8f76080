// /public: the built document with its contents filled in for whoever asks, of the latest publication. No login, no cookie; honest where nothing is published.
import type { FastifyInstance } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'
import { unchanged } from '../http/etag.ts'
import { freshFor, sendText } from '../published.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { Service } from '../server.ts'
import { wallDeskOf } from '../wall.ts'
import { outlookNow } from './outlook-now.ts'
import { publicEmpty, publicMain } from './page.ts'
import { PUBLIC_WORDS, publicLanguage, type PublicLanguage } from './words.ts'

const HTML = 'text/html; charset=utf-8'
const WEEK_KINDS = { working: 'working', weekend: 'weekend' } as const
type Query = { lang?: string; network?: string; day?: string }

/** `template`: the document as the build left it, with an empty `main`. */
export function publicPageRoute(server: FastifyInstance, service: Service, template: () => Promise<string>): void {
  server.get<{ Querystring: Query }>('/public', { config: { access: { role: 'public' } }, schema: { hide: true } }, async (request, reply) => {
    const language = publicLanguage(one(request.query.lang), request.headers['accept-language'])
    reply.header('vary', 'accept-language')
    const { main, fresh_s, status } = await contents(service, request.query, language)
    reply.status(status).header('cache-control', `public, max-age=${fresh_s}`)
    const page = filled(await template(), main, language)
    return unchanged(request, reply, hashOf(page).slice(0, 32)) ? reply.send() : sendText(reply, HTML, page)
  })
}

/** A field that comes twice counts once. */
const one = (value: unknown): string | undefined => (typeof value === 'string' ? value : Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined)

async function contents(service: Service, query: Query, language: PublicLanguage): Promise<{ main: string; fresh_s: number; status: number }> {
  if (!(await service.known.switches()).published) return { main: publicEmpty(language, 'published_not'), fresh_s: 5, status: 403 }
  try {
    const network = await wallDeskOf(service).networkOf(one(query.network))
    const { state, publication, drawing, outlook, local } = await outlookNow(service, network, WEEK_KINDS[one(query.day) as keyof typeof WEEK_KINDS])
    const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false, timeZone: network.time_zone })
    const main = publicMain({ state, publication, drawing: drawing(), outlook, language, time_of_day_s: local.timeOfDay(state.now), clock: (instant) => clock.format(instant * 1000) })
    return { main, fresh_s: freshFor(publication.computed_at, state.now), status: 200 }
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'request.unknown') return { main: publicEmpty(language, 'nothing'), fresh_s: 5, status: 404 }
    throw error
  }
}

function filled(template: string, main: string, language: PublicLanguage): string {
  const words = PUBLIC_WORDS[language]
  return template.replace('lang="en"', () => `lang="${words.lang}" data-lost="${words.lost}"`).replace(/<title>[^<]*<\/title>/, () => `<title>${words.title} · greenwave</title>`).replace('>To the contents<', () => `>${words.skip}<`).replace('<!--contents-->', () => main)
}
