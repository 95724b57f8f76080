// Screens: what stands where, what was shown on which data, the page of a kiosk with its content, and what screens say to it.
import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { KIOSK_PAGE, KIOSK_SCRIPT, KIOSK_STYLE, type KioskState } from '../../adapters/screens/kiosk/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { ScreenMessage, ScreenRecord } from '../../plans/ports/publication.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { requireReadableScreen, type SignContent, type SignText } from '../../plans/publication/signs/index.ts'
import { sendText } from '../published.ts'
import { pngOf, screenPicture, type ScreenPicture } from '../screens/picture.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { wallDeskOf } from '../wall.ts'
import { findNetwork, Id } from './networks.ts'

const KINDS = ['panel', 'text', 'mixed', 'speed-plate', 'kiosk'] as const
const KindSchema = Type.Enum(KINDS)
const Settings = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const ScreenSchema = Type.Object({ id: Type.String(), network: Type.String(), name: Type.String(), kind: KindSchema, settings: Settings, version: Type.Integer() })
const Time = Type.String({ format: 'date-time' })
const Message = Type.Object({
  id: Type.String(), screen: Type.String(), sent_at: Time, expires_at: Time, content: Type.Unknown(), basis: Type.Unknown(), approver: Type.Optional(Type.String()),
  acknowledged_at: Type.Optional(Time), read_back: Type.Optional(Type.Union([Type.Literal('same'), Type.Literal('different'), Type.Literal('not-possible')])),
})
const Parameters = Type.Object({ screen: Id })
const READ_BACKS = ['same', 'different', 'not-possible'] as const
const Content = Type.Object({
  format: Type.Literal('greenwave.kiosk/1'), sign: Type.String(), now: Type.Number(), expires_at: Type.Union([Type.Number(), Type.Null()]), neutral: Type.Boolean(),
  content: Type.Unsafe<SignContent>(Type.Object({}, { additionalProperties: true })), message: Type.Union([Type.String(), Type.Null()], { description: 'To be acknowledged' }),
})
const hashOfPart = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
/** The page runs its own script and style and asks this service; nothing else. */
const PAGE_POLICY = `default-src 'none'; script-src ${hashOfPart(KIOSK_SCRIPT)}; style-src ${hashOfPart(KIOSK_STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'`
/** Newer ones than these are what a screen can still show. */
const RECENT_MESSAGES = 100

export function screenRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const find = async (id: string): Promise<ScreenRecord> => {
    const screen = await store.screens.get(id)
    if (screen === undefined) throw new GreenwaveError('request.unknown', `There is no screen ${JSON.stringify(id)}`)
    return screen
  }
  route(server, {
    method: 'GET', url: '/screens', id: 'listScreens', tag: 'screens', summary: 'All screens', access: { role: 'viewer' }, query: Type.Object({ network: Type.Optional(Id) }), answers: { 200: Type.Object({ items: Type.Array(ScreenSchema) }) },
    handler: async ({ query }) => ({ items: await store.screens.list(query.network) }),
  })
  route(server, {
    method: 'GET', url: '/screens/:screen', id: 'getScreen', tag: 'screens', summary: 'One screen', access: { role: 'viewer', scope: 'screen' }, params: Parameters, answers: { 200: ScreenSchema },
    handler: async (request, reply) => {
      const screen = await find(request.params.screen)
      return unchanged(request, reply, screen.version) ? reply.send() : screen
    },
  })
  route(server, {
    method: 'PUT', url: '/screens/:screen', id: 'putScreen', tag: 'screens', summary: 'A screen, new or changed', access: { role: 'engineer' }, versioned: true, params: Parameters,
    description: 'Default text (`neutral`), `template` and `guidance` are refused where what they can say cannot be read in passing: by `lines`, `characters_per_line`, `pages`, `character_height_m` and `speed_limit_mps` of the settings. `dots_per_character` (16, 24, 32, 48) makes its picture one of dots.',
    body: Type.Object({ network: Id, name: Type.String({ minLength: 1, maxLength: 200 }), kind: KindSchema, settings: Settings }, { additionalProperties: false }), example: { network: 'jiaxing', name: 'Hall', kind: 'kiosk', settings: {} }, answers: { 200: ScreenSchema },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      await findNetwork(service, request.body.network)
      // What it says must be right and readable before anybody drives by it.
      requireReadableScreen({ id: request.params.screen, ...request.body, version: expected })
      const screen = await store.tx(async (stores) => {
        const stored = await stores.screens.put({ id: request.params.screen, ...request.body }, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'screen.put', subject_kind: 'screen', subject: stored.id, detail: { version: stored.version, kind: stored.kind } })
        await stores.events.append({ time_s: clock.now(), kind: 'screen.changed', network: stored.network, body: { screen: stored.id, version: stored.version } })
        return stored
      })
      reply.header('etag', etagOf(screen.version))
      return screen
    },
  })
  route(server, {
    method: 'GET', url: '/screens/:screen/messages', id: 'listScreenMessages', tag: 'screens', summary: 'What a screen was sent and what it said to it, newest first', access: { role: 'viewer', scope: 'screen' }, params: Parameters,
    query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }) }), answers: { 200: Type.Object({ items: Type.Array(Message) }) },
    handler: async ({ params, query }) => {
      const messages = await store.screens.messages((await find(params.screen)).id, query.limit)
      return {
        items: messages.map(({ sent_at, expires_at, acknowledged_at, ...message }) => ({
          ...message, sent_at: timeOf(sent_at), expires_at: timeOf(expires_at), ...(acknowledged_at === undefined ? {} : { acknowledged_at: timeOf(acknowledged_at) }),
        })),
      }
    },
  })
  kioskRoutes(server, service, find)
  pictureRoutes(server, service, find)
}

const Picture = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 9, default: 1, description: 'Where it shows several in turn' }),
  part: Type.Enum(['all', 'panel'] as const, { default: 'all', description: '`panel` is without text' }),
})

function pictureRoutes(server: FastifyInstance, service: Service, find: (id: string) => Promise<ScreenRecord>): void {
  const forms: { path: string; id: string; summary: string; type: string; write: (picture: ScreenPicture) => string | Promise<Buffer> }[] = [
    { path: 'picture.svg', id: 'getScreenDrawing', summary: 'What a screen shows now, as a drawing', type: 'image/svg+xml', write: ({ svg }) => svg },
    { path: 'picture.png', id: 'getScreenPicture', summary: 'What a screen shows now, as a picture', type: 'image/png', write: pngOf },
  ]
  for (const { path, id, summary, type, write } of forms) {
    route(server, {
      method: 'GET', url: `/screens/:screen/${path}`, id, tag: 'screens', summary, access: { role: 'viewer', scope: 'screen' }, params: Parameters, query: Picture, answers: { 200: Type.String({ contentMediaType: type }) },
      description: 'The content of `content`: the latest message until its end, then the default text or nothing. Streets of a panel as lines in the colours of its lamps, text as letters or dots. The same content gives the same bytes and the same ETag.',
      handler: async (request, reply) => {
        const screen = await find(request.params.screen)
        const [latest] = await service.store.screens.messages(screen.id, 1)
        const { content } = contentOf(screen, latest, service.clock.now())
        const picture = await screenPicture(screen, content, await wallDeskOf(service).streets(await findNetwork(service, screen.network)), request.query)
        reply.header('cache-control', 'no-cache, private')
        if (unchanged(request, reply, picture.tag)) return reply.send()
        return reply.type(type).serializer((body: unknown) => body as string).send(await write(picture))
      },
    })
  }
}

function kioskRoutes(server: FastifyInstance, service: Service, find: (id: string) => Promise<ScreenRecord>): void {
  const { store, clock } = service
  route(server, {
    method: 'GET', url: '/screens/:screen/page', id: 'getScreenPage', tag: 'screens', summary: 'The page of a kiosk', access: { role: 'public' }, params: Parameters, answers: { 200: Type.String() },
    description: 'The same for every screen and without any content: it asks for `content` beside itself, with the session of the browser or with the key that stands after the # of its address, and only with a key it acknowledges. `/screens/{screen}` leads to it; `?lang=en` is for the line at its foot. Without news for a minute it turns grey.',
    handler: async (_request, reply) => sendText(reply.header('content-security-policy', PAGE_POLICY).header('cache-control', 'public, max-age=300'), 'text/html; charset=utf-8', KIOSK_PAGE),
  })
  route(server, {
    method: 'GET', url: '/screens/:screen/content', id: 'getScreenContent', tag: 'screens', summary: 'What a screen shows now', access: { role: 'viewer', scope: 'screen' }, params: Parameters, answers: { 200: Content },
    description: 'The latest message until its end, then what the screen shows when there is nothing to say. Times are seconds since 1970, by the clock of this service.',
    handler: async ({ params }, reply) => {
      reply.header('cache-control', 'no-store')
      const screen = await find(params.screen)
      const [latest] = await store.screens.messages(screen.id, 1)
      return contentOf(screen, latest, clock.now())
    },
  })
  route(server, {
    method: 'POST', url: '/screens/:screen/messages/:message/acknowledgement', id: 'acknowledgeScreenMessage', tag: 'screens', summary: 'What a screen says to a message: that it stands there, and what was read back', access: { role: 'engineer', scope: 'screen' },
    params: Type.Object({ screen: Id, message: Id }), body: Type.Object({ read_back: Type.Enum(READ_BACKS) }, { additionalProperties: false }), example: { read_back: 'same' }, answers: { 200: Type.Object({ id: Type.String(), acknowledged_at: Time, read_back: Type.Enum(READ_BACKS) }) },
    description: 'The time of the first acknowledgement stands; what was read back may be told again. Displayed is what the screen says, not what it was sent.',
    handler: async ({ params, body }) => {
      const screen = await find(params.screen)
      const message = (await store.screens.messages(screen.id, RECENT_MESSAGES)).find(({ id }) => id === params.message)
      if (message === undefined) throw new GreenwaveError('request.unknown', `The screen ${JSON.stringify(screen.id)} has no message ${JSON.stringify(params.message)} among its latest`)
      const acknowledged_at = message.acknowledged_at ?? clock.now()
      await store.screens.log({ ...message, acknowledged_at, read_back: body.read_back })
      return { id: message.id, acknowledged_at: timeOf(acknowledged_at), read_back: body.read_back }
    },
  })
}

const isText = (value: unknown): value is SignText => Array.isArray(value) && value.every((page) => Array.isArray(page) && page.every((line) => typeof line === 'string'))

/** Pure. */
function contentOf({ id, settings }: ScreenRecord, latest: ScreenMessage | undefined, now: number): KioskState & { message: string | null } {
  const alive = latest !== undefined && latest.sent_at <= now && now < latest.expires_at
  const neutral: SignContent = { pages: isText(settings['neutral']) ? settings['neutral'] : [], lamps: [] }
  return { format: 'greenwave.kiosk/1', sign: id, now, expires_at: alive ? latest.expires_at : null, neutral: !alive, content: alive ? latest.content as SignContent : neutral, message: alive ? latest.id : null }
}
