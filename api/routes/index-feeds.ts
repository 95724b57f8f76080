// What others pull once a minute: the congestion index of segments and corridors as JSON and as a table, and the links as tiles for maps.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { indexFeed, indexRows, INDEX_COLUMNS, type IndexFeed } from '../../plans/publication/index-feed.ts'
import { placedLinks, segmentsByLink, tileFeatures, TILE_ZOOM, type PlacedLinks } from '../../plans/publication/tiles.ts'
import { csv } from '../../reports/csv.ts'
import { route } from '../http/route.ts'
import { latestPublished, publicationOf, publishedAnswer, sendText, type Published } from '../published.ts'
import { outlookNow } from '../public/outlook-now.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Text = Type.String()
const Parameters = Type.Object({ network: Id })
/** A document of a large city is half a megabyte. */
const MOST_MINUTES = 60
const Query = Type.Object({ minutes: Type.Integer({ minimum: 0, maximum: MOST_MINUTES, default: 0, description: 'So many minutes before the present one as well' }) })
const GIVES = 'Levels are of the table that `scale` names. A value has at least five vehicles and data of the last ten minutes behind it; else it is null, which is grey, never free.'
/** Networks whose links are kept ready for tiles. */
const KEPT_NETWORKS = 8

export function indexFeedRoutes(server: FastifyInstance, service: Service): void {
  const { store } = service
  const feedOf = async ({ publication }: Published, minutes: number): Promise<IndexFeed> => {
    const before = minutes === 0 ? [] : await store.snapshots.between(publication.network, publication.computed_at - 60 * minutes - 1, publication.computed_at)
    return indexFeed(publication, before.flatMap((snapshot) => publicationOf(snapshot) ?? []).slice(-minutes))
  }
  route(server, {
    method: 'GET', url: '/networks/:network/index', id: 'getIndex', tag: 'publications', summary: 'Congestion index now and in the last minutes', access: { role: 'published' }, params: Parameters, query: Query, answers: { 200: Anything },
    description: `${GIVES} Where no publication comes for a while, the latest one grows old here as it does everywhere.`,
    handler: async (request, reply) => {
      const published = await latestPublished(service, (await findNetwork(service, request.params.network)).id)
      const { minutes } = request.query
      return publishedAnswer(service, request, reply, published, `+${minutes}`) ? reply.send() : feedOf(published, minutes)
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/index.csv', id: 'getIndexTable', tag: 'publications', summary: 'The same as a table', access: { role: 'published' }, params: Parameters, query: Query, answers: { 200: Text },
    description: `${GIVES} One row a minute and segment, corridor or network; empty where nothing is known.`,
    handler: async (request, reply) => {
      const published = await latestPublished(service, (await findNetwork(service, request.params.network)).id)
      const { minutes } = request.query
      if (publishedAnswer(service, request, reply, published, `+csv${minutes}`)) return reply.send()
      return sendText(reply, 'text/csv; charset=utf-8', csv(INDEX_COLUMNS, indexRows(await feedOf(published, minutes))))
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/outlook', id: 'getOutlook', tag: 'publications', summary: 'Corridors in half an hour and on a usual day, and ways around what is closed', access: { role: 'published' }, params: Parameters,
    query: Type.Object({ day: Type.Optional(Type.Enum(['working', 'weekend'] as const)) }), answers: { 200: Anything },
    description: 'Estimates from earlier days of the same kind and the latest publication, each with the range that holds eight times in ten. While earlier days are being read, `reading` says so.',
    handler: async (request) => (await outlookNow(service, await findNetwork(service, request.params.network), request.query.day)).outlook,
  })
  tileRoute(server, service)
}

function tileRoute(server: FastifyInstance, service: Service): void {
  const { store } = service
  const kept = new Map<string, PlacedLinks>()
  const linksOf = async (network: string, version: number): Promise<PlacedLinks> => {
    const key = `${network} ${version}`
    const known = kept.get(key)
    if (known !== undefined) return known
    const scenario = await store.networks.scenario(network, version)
    if (scenario === undefined) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(network)} has no version ${version}`)
    const links = placedLinks(scenario.network)
    if (kept.size >= KEPT_NETWORKS) kept.delete(kept.keys().next().value!)
    kept.set(key, links)
    return links
  }
  const whole = (most: number) => Type.Integer({ minimum: 0, maximum: most })
  route(server, {
    method: 'GET', url: '/networks/:network/tiles/:z/:x/:y.geojson', id: 'getTile', tag: 'publications', summary: 'A tile of the map with the state of its links (GeoJSON)', access: { role: 'published' },
    description: `Web Mercator grid, zoom ${TILE_ZOOM.least} to ${TILE_ZOOM.most}. One feature a link by its id, cut with a margin, with level, speed, age and number of vehicles of its segment; a link of which nothing is known has no level.`,
    params: Type.Object({ network: Id, z: Type.Integer({ minimum: TILE_ZOOM.least, maximum: TILE_ZOOM.most }), x: whole(2 ** TILE_ZOOM.most - 1), y: whole(2 ** TILE_ZOOM.most - 1) }), answers: { 200: Text },
    handler: async (request, reply) => {
      const { z, x, y } = request.params
      if (x >= 2 ** z || y >= 2 ** z) throw new GreenwaveError('request.invalid', `/x is ${x} and /y is ${y}; at zoom ${z} both are below ${2 ** z}`)
      const published = await latestPublished(service, (await findNetwork(service, request.params.network)).id)
      if (publishedAnswer(service, request, reply, published)) return reply.send()
      const { publication } = published
      const links = await linksOf(publication.network, publication.network_version)
      if (links.ids.length === 0) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(publication.network)} is a local drawing: it has no place on a map`)
      const { computed_at, scale } = publication
      const features = tileFeatures(links, [z, x, y], segmentsByLink(publication))
      return sendText(reply, 'application/geo+json', JSON.stringify({ type: 'FeatureCollection', publication: publication.id, computed_at: new Date(computed_at * 1000).toISOString(), scale, features }))
    },
  })
}
