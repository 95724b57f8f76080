// Networks and feeds in memory.
import { hashOf } from '../ports/canonical.ts'
import { touchesBox, placeNetwork } from '../ports/places.ts'
import type { Clock, FeedStore, NetworkStore } from '../ports/index.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import { given, kept, requireVersion, without, type Access } from './memory-tables.ts'

export const memoryNetworks = (access: Access, clock: Clock): NetworkStore => ({
  list: () => access(({ networks }) => [...networks.values()].map(({ record }) => given(record)).sort((a, b) => (a.id < b.id ? -1 : 1))),
  get: (id) => access(({ networks }) => given(networks.get(id)?.record)),
  scenario: (id, version) => access(({ networks }) => {
    const network = networks.get(id)
    return given(network?.versions[(version ?? network.record.version) - 1])
  }),
  put: (id, scenario, _by, expected) => access(({ networks }) => {
    const old = networks.get(id)
    const hash = hashOf(scenario)
    if (old?.record.hash === hash) return given(old.record)
    requireVersion(`network "${id}"`, old?.record.version ?? 0, expected)
    const { name, time_zone } = scenario.scenario
    const record = kept({ id, name, time_zone, version: expected + 1, hash, updated_at: clock.now() })
    networks.set(id, { record, versions: [...(old?.versions ?? []), kept(scenario)] })
    return given(record)
  }),
  linksWithin: (id, box) => access(({ networks }) => {
    const scenario = networks.get(id)?.versions.at(-1)
    if (scenario === undefined) return []
    return placeNetwork(scenario.network).links.filter(({ line }) => touchesBox(line, box)).map((link) => link.id).sort((a, b) => (a < b ? -1 : 1))
  }),
})

export const memoryFeeds = (access: Access, clock: Clock): FeedStore => ({
  list: (network) => access(({ feeds }) => [...feeds.values()].filter((feed) => !feed.removed && (network === undefined || feed.network === network))
    .map((feed) => given(without(feed, 'removed'))).sort((a, b) => (a.id < b.id ? -1 : 1))),
  get: (id) => access(({ feeds }) => {
    const feed = feeds.get(id)
    return feed === undefined || feed.removed ? undefined : given(without(feed, 'removed'))
  }),
  put: (feed, expected) => access(({ feeds }) => {
    const old = feeds.get(feed.id)
    requireVersion(`feed "${feed.id}"`, old === undefined || old.removed ? 0 : old.version, expected)
    const { id, network, kind, format, settings, enabled } = feed
    const created_at = old === undefined || old.removed ? clock.now() : old.created_at
    const record = kept({ id, network, kind, format, settings, enabled, version: (old?.version ?? 0) + 1, created_at })
    feeds.set(id, { ...record, removed: false })
    return given(record)
  }),
  remove: (id, expected) => access(({ feeds }) => {
    const old = feeds.get(id)
    requireVersion(`feed "${id}"`, old === undefined || old.removed ? 0 : old.version, expected)
    if (old !== undefined) feeds.set(id, { ...old, removed: true })
  }),
  health: (id, from_day) => access(({ health }) => {
    const from = parseDay(from_day) ?? Number.NEGATIVE_INFINITY
    return [...health.values()].filter((entry) => entry.feed === id && entry.day >= from).sort((a, b) => a.day - b.day)
      .map((entry) => ({ day: formatDay(entry.day), health: given(entry.health) }))
  }),
})
