// The map as a page of its own: the whole window for one town.
import { Waiting } from '../shell/parts/trouble.tsx'
import { may, town } from '../shell/session.ts'
import { TownMap } from './town-map.tsx'
import { words } from './words.ts'

export default function MapPage() {
  const at = town.value
  if (at === undefined) return <Waiting />
  return <div class="map-page"><h1 class="sh-hidden">{words().map}</h1><TownMap network={at.id} mayDraw={may('engineer')} key={at.id} /></div>
}
