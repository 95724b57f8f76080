// /plans/:plan/signals/:signal: the timing of one signal in a plan, with the way to its neighbours in the corridor and to the diagram.
import { texts } from '../words/language.ts'
import { named } from '../words/language.ts'
import { useSession } from '../editing/session.ts'
import { useCommands } from '../shell/commands.ts'
import { go } from '../shell/location.ts'
import type { PageProps } from '../shell/pages.ts'
import { TimingEditor } from './editor.tsx'
import { words } from './words.ts'

const own = texts({ en: { failed: 'This plan could not be opened.' }, zh: { failed: '无法打开此方案。' } })

const addressOf = (plan: string, signal: string): string => `/plans/${encodeURIComponent(plan)}/signals/${encodeURIComponent(signal)}`

export default function StagesPage({ fields }: PageProps) {
  const { plan, signal } = fields as { plan: string; signal: string }
  const { session, trouble } = useSession(plan, (draft) => go(addressOf(draft, signal)))
  const order = session?.document.value.intersections ?? []
  const at = order.findIndex((one) => one.signal === signal)
  const [before, behind] = [order[at - 1], order[at + 1]]
  useCommands([
    { id: 'stages.signal-before', title: () => words().previous, keys: ['PageUp'], enabled: () => before !== undefined, run: () => go(addressOf(plan, before!.signal)) },
    { id: 'stages.signal-behind', title: () => words().next, keys: ['PageDown'], enabled: () => behind !== undefined, run: () => go(addressOf(plan, behind!.signal)) },
  ], [plan, before?.signal, behind?.signal])
  if (trouble !== undefined) return <p role="alert">{trouble instanceof Error ? trouble.message : own().failed}</p>
  if (session === undefined) return <p role="status">{words().loading}</p>
  const one = order[at]
  return (
    <div class="st-page">
      <nav class="st-nav" aria-label={words().bars}>
        <a class="button" href={`/corridors/${encodeURIComponent(session.record.value.corridor)}?plan=${encodeURIComponent(plan)}`}>{words().diagram}</a>
        {before === undefined ? null : <a class="button" href={addressOf(plan, before.signal)}>← {named(before.name ?? before.signal)}</a>}
        <h1>{words().title(named(one?.name ?? signal))}</h1>
        {behind === undefined ? null : <a class="button" href={addressOf(plan, behind.signal)}>{named(behind.name ?? behind.signal)} →</a>}
        <span class="st-space" />
        <button type="button" class="sh-button" disabled={!session.canUndo.value} onClick={() => session.undo()}>{words().undo}</button>
        <button type="button" class="sh-button" disabled={!session.canRedo.value} onClick={() => session.redo()}>{words().redo}</button>
      </nav>
      <TimingEditor session={session} signal={signal} />
    </div>
  )
}
