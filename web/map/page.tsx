// The map as a page of its own: the whole window for one town.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask, Refused, type Named, type Person } from '../service/service.ts'
import { query } from '../shell/location.ts'
import { TownMap } from './town-map.tsx'
import { words } from './words.ts'

export default function MapPage() {
  const network = useSignal<string | undefined>(undefined)
  const may = useSignal(false)
  const trouble = useSignal<string | undefined>(undefined)
  const named = query.value.get('network')
  useEffect(() => {
    const open = async (): Promise<void> => {
      const [me, { items }] = await Promise.all([ask<Person>('/me'), ask<{ items: Named[] }>('/networks')])
      may.value = me.role !== 'viewer'
      network.value = named ?? items[0]?.id
      trouble.value = network.value === undefined ? words().empty : undefined
    }
    open().catch((error: unknown) => { trouble.value = error instanceof Refused ? error.message : words().lost })
  }, [named])
  if (trouble.value !== undefined) return <p class="map-message" role="alert">{trouble.value}</p>
  if (network.value === undefined) return <p class="map-message" role="status">{words().loading}</p>
  return <main class="map-page"><h1 class="map-hidden">{words().map}</h1><TownMap network={network.value} mayDraw={may.value} key={network.value} /></main>
}
