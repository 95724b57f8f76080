// What a push waits for, and until when: writing and reading back, the instant at which all begin, whole cycles of lamps.
import type { Answer } from '../service/service.ts'
import { useNow } from '../shell/header.tsx'
import { town } from '../shell/session.ts'
import { clock, seconds } from '../shell/units.ts'
import { waitOf } from './figures.ts'
import { words } from './words.ts'

export function Watching({ members }: { members: readonly Answer<'GET /deployments'>['items'][number][] }) {
  const now = useNow()
  const wait = waitOf(members)
  if (wait === undefined) return null
  const at = (ms: number): string => clock(ms, town.value?.time_zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const { done, of, watch } = wait
  if (watch === undefined) return <div class="ap-watching"><p>{words().beingWritten(done, of)}</p><progress class="ap-progress" value={done} max={of} aria-label={words().beingWritten(done, of)} /></div>
  const begun = now >= watch.begins_ms
  return (
    <div class="ap-watching">
      <p>{begun ? words().lampsWatched(watch.cycles, seconds(watch.cycle_s), done, of) : words().allBeginAt(at(watch.begins_ms))}</p>
      <progress class="ap-progress" value={Math.min(1, Math.max(0, (now - watch.begins_ms) / (watch.earliest_ms - watch.begins_ms)))} max={1} aria-label={words().lampsWatched(watch.cycles, seconds(watch.cycle_s), done, of)} />
      <p class="ap-quiet">{words().watchedUntil(at(watch.earliest_ms), at(watch.latest_ms))}</p>
    </div>
  )
}
