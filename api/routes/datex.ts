// DATEX II version 3 to be pulled: situations, signs with what they show, speeds and travel times, from the latest publication and the screens.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { elaboratedOf, situationsOf, stateOf, writeElaborated, writeSigns, writeSituations, type GeoPoint, type Publisher, type VmsState, type VmsUnit } from '../../adapters/screens/datex/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Publication } from '../../model/publication.ts'
import { sha256 } from '../../plans/ports/canonical.ts'
import { placeNetwork } from '../../plans/ports/places.ts'
import type { ScreenMessage, ScreenRecord } from '../../plans/ports/publication.ts'
import { signOf, type SignContent } from '../../plans/publication/signs/index.ts'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { latestPublished, publishedAnswer, sendText } from '../published.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Parameters = Type.Object({ network: Id })
const XML = 'application/xml; charset=utf-8'
const CHECKED = 'A snapshot to be pulled once a minute. Names, order and number of elements follow the public schemas of version 3; it was not validated with them.'
const PUBLISHER: Publisher = { country: 'cn', national_id: 'GREENWAVE', language: 'zh' }
const KEPT_NETWORKS = 8
/** Notices come at once, not only with the minute. */
const SIGNS_S = 10

export function datexRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock, settings } = service
  const kept = new Map<string, ReadonlyMap<string, GeoPoint>>()
  /** Ends of the links with the direction in which one drives there. */
  const endsOf = async (network: string, version: number): Promise<ReadonlyMap<string, GeoPoint>> => {
    const key = `${network} ${version}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const scenario = await store.networks.scenario(network, version)
    const ends = new Map((scenario === undefined ? [] : placeNetwork(scenario.network).links).map(({ id, line }) => [id, endOf(line)]))
    if (ends.size === 0) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(network)} is a local drawing: it has no place on earth`)
    if (kept.size >= KEPT_NETWORKS) kept.delete(kept.keys().next().value!)
    kept.set(key, ends)
    return ends
  }
  const fromPublication = (id: string, url: string, summary: string, write: (publication: Publication, pointOf: (segment: string) => GeoPoint) => string): void => route(server, {
    method: 'GET', url: `/networks/:network/datex/${url}`, id, tag: 'publications', summary, description: `${CHECKED} What is not known is left out.`, access: { role: 'published' }, params: Parameters, answers: { 200: Type.String() },
    handler: async (request, reply) => {
      const published = await latestPublished(service, (await findNetwork(service, request.params.network)).id)
      if (publishedAnswer(service, request, reply, published, '+datex')) return reply.send()
      const { publication } = published
      const ends = await endsOf(publication.network, publication.network_version)
      return sendText(reply, XML, write(publication, (segment) => pointOf(publication, ends, segment)))
    },
  })
  fromPublication('getDatexSituations', 'situations.xml', 'Congested places and notices as DATEX II situations', (publication, pointOf) => writeSituations(situationsOf(publication, pointOf), PUBLISHER, publication.computed_at))
  fromPublication('getDatexElaboratedData', 'elaborated-data.xml', 'Speeds, travel times and status of segments as DATEX II elaborated data', (publication, pointOf) => {
    const segments = elaboratedOf(publication, pointOf)
    if (segments.length === 0) throw new GreenwaveError('request.unknown', `Of no segment of ${JSON.stringify(publication.network)} a speed may be published now`)
    return writeElaborated(segments, PUBLISHER, publication.computed_at)
  })
  route(server, {
    method: 'GET', url: '/networks/:network/datex/signs.xml', id: 'getDatexSigns', tag: 'publications', summary: 'Signs and what they show as DATEX II tables and states of variable message signs', access: { role: 'published' }, params: Parameters,
    description: `${CHECKED} Screens with a \`place\` (\`lat_deg\`, \`lon_deg\`, \`bearing_deg\`) in their settings; text as text, colours alone as a picture.`, answers: { 200: Type.String() },
    handler: async (request, reply) => {
      const { id } = await findNetwork(service, request.params.network)
      const screens = (await store.screens.list(id)).flatMap((screen) => unitOf(screen) ?? [])
      if (screens.length === 0) throw new GreenwaveError('request.unknown', `No screen of the network ${JSON.stringify(id)} has a place in its settings`)
      const now = Math.floor(clock.now())
      const states = await Promise.all(screens.map(async ({ screen, unit }) => vmsStateOf(unit, (await store.screens.messages(screen.id, 1))[0], now)))
      return signsAnswer(request, reply, { network: id, units: screens.map(({ unit }) => unit), states, now, published: settings.published })
    },
  })
}

function signsAnswer(request: FastifyRequest, reply: FastifyReply, { network, units, states, now, published }: { network: string; units: VmsUnit[]; states: VmsState[]; now: number; published: boolean }): FastifyReply {
  reply.header('cache-control', `${published ? 'public' : 'private'}, max-age=${SIGNS_S}`)
  // The time of the document is no news.
  if (unchanged(request, reply, sha256(JSON.stringify([units, states.map(({ time: _time, set_at: _set, ...state }) => state)])).slice(0, 32))) return reply.send()
  const version = units.reduce((sum, unit) => sum + unit.version, 0)
  return sendText(reply, XML, writeSigns({ id: network, version, units }, states, PUBLISHER, now))
}

/** The end of a segment's last link. */
function pointOf({ segments }: Publication, ends: ReadonlyMap<string, GeoPoint>, id: string): GeoPoint {
  const last = segments.find((segment) => segment.id === id)?.links.at(-1)
  const end = last === undefined ? undefined : ends.get(last)
  if (end === undefined) throw new GreenwaveError('internal', `the published segment "${id}" ends on no link of its network`)
  return end
}

/** Clockwise from north, whole degrees. */
function endOf(line: readonly (readonly [lon: number, lat: number])[]): GeoPoint {
  const [[lon0, lat0], [lon, lat]] = line.slice(-2) as [readonly [number, number], readonly [number, number]]
  const bearing = (Math.atan2((lon - lon0) * Math.cos((lat * Math.PI) / 180), lat - lat0) * 180) / Math.PI
  return { lat_deg: rounded(lat), lon_deg: rounded(lon), bearing_deg: (Math.round(bearing) + 360) % 360 }
}

const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6

/** Screens without a place, or whose settings no sign can have, are no signs. */
function unitOf(screen: ScreenRecord): { screen: ScreenRecord; unit: VmsUnit } | undefined {
  const place = screen.settings['place'] as { lat_deg?: unknown; lon_deg?: unknown; bearing_deg?: unknown } | null | undefined
  const within = (value: unknown, most: number): value is number => typeof value === 'number' && Math.abs(value) <= most
  if (typeof place !== 'object' || place === null || !within(place.lat_deg, 90) || !within(place.lon_deg, 180)) return undefined
  try {
    const { sign } = signOf(screen)
    return {
      screen, unit: {
        controller: screen.id, version: screen.version, index: 0, name: screen.name, lines: sign.lines, characters_per_line: sign.characters_per_line, pages: sign.pages,
        point: { lat_deg: place.lat_deg, lon_deg: place.lon_deg, ...(within(place.bearing_deg, 360) ? { bearing_deg: place.bearing_deg } : {}) }, shows: screen.kind === 'panel' ? 'graphics' : 'text',
      },
    }
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}

/** A sign that shows something else than it was sent does not work. A message past its end is no longer there: the sign is blank or shows its neutral text, which nobody sent. */
function vmsStateOf(unit: VmsUnit, message: ScreenMessage | undefined, now: number): VmsState {
  const alive = message !== undefined && message.expires_at > now
  return stateOf(unit, alive ? message.content as SignContent : undefined, { time: now, set_at: message?.sent_at ?? now }, message?.read_back !== 'different')
}
