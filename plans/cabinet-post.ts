// The post of cabinets in the store, as documents beside its settings: every process on the same database has the same.
import { GreenwaveError } from '../model/errors.ts'
import { BUNDLE_EVENT, type CabinetPost, type CabinetTold, type PublishedBundle } from './ports/cabinets.ts'
import type { Store } from './ports/store.ts'

interface KeptBundle {
  bundle: PublishedBundle
  ids: string[]
}

/** A cabinet that is far behind may still report on so many. */
const KEPT_IDS = 16
const ATTEMPTS = 5

export function cabinetPost(store: Pick<Store, 'tx' | 'settings'>): CabinetPost {
  const bundleName = (cabinet: string): string => `cabinet ${cabinet} bundle`
  const toldName = (cabinet: string): string => `cabinet ${cabinet} told`
  const kept = async (cabinet: string): Promise<KeptBundle | undefined> => (await store.settings.get(bundleName(cabinet)))?.value as KeptBundle | undefined
  return {
    bundle: async (cabinet) => (await kept(cabinet))?.bundle,
    ids: async (cabinet) => (await kept(cabinet))?.ids ?? [],
    async publish(bundle) {
      await store.tx(async ({ settings, events }) => {
        const before = await settings.get(bundleName(bundle.cabinet))
        const ids = (before?.value as KeptBundle | undefined)?.ids ?? []
        const last = ids.at(-1)
        if (last !== undefined && BigInt(bundle.bundle_id) <= BigInt(last)) throw new GreenwaveError('store.conflict', `bundle ${bundle.bundle_id} for cabinet ${bundle.cabinet} is not above ${last}`)
        await settings.put(bundleName(bundle.cabinet), { bundle, ids: [...ids, bundle.bundle_id].slice(-KEPT_IDS) } satisfies KeptBundle, before?.version ?? 0)
        await events.append({ time_s: bundle.published_s, kind: BUNDLE_EVENT, body: { cabinet: bundle.cabinet } })
      })
    },
    async watch(cabinet, until_s) {
      await store.tx(async ({ settings, events }) => {
        const before = await settings.get(bundleName(cabinet))
        if (before === undefined) return
        const { bundle, ids } = before.value as KeptBundle
        if (bundle.watched_until_s >= until_s) return
        await settings.put(bundleName(cabinet), { bundle: { ...bundle, watched_until_s: until_s }, ids } satisfies KeptBundle, before.version)
        await events.append({ time_s: bundle.published_s, kind: BUNDLE_EVENT, body: { cabinet } })
      })
    },
    told: async (cabinet) => ((await store.settings.get(toldName(cabinet)))?.value as CabinetTold | undefined) ?? { count: 0 },
    async report(cabinet, report, hasConfig) {
      for (let attempt = 1; ; attempt++) {
        const before = await store.settings.get(toldName(cabinet))
        const told = (before?.value as CabinetTold | undefined) ?? { count: 0 }
        try {
          await store.settings.put(toldName(cabinet), { ...told, count: told.count + 1, last: report, ...(hasConfig ? { config: report } : {}) } satisfies CabinetTold, before?.version ?? 0)
          return
        } catch (error) {
          if (!(error instanceof GreenwaveError) || error.code !== 'store.conflict' || attempt === ATTEMPTS) throw error
        }
      }
    },
  }
}
