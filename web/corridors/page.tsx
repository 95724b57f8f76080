// Every corridor with what runs in it now, its plans and how far they have come, and the way into the editor.
import './corridors.css'
import { useState } from 'preact/hooks'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import type { Corridor } from '../../model/scenario.ts'
import type { Plan } from '../../model/plan.ts'
import type { Answer } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { type Column, Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { may, town, type Town } from '../shell/session.ts'
import { count, dateAndTime, percent, seconds, timeOfDay } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { Compute } from './compute.tsx'
import { words } from './words.ts'

type PlanSummary = Answer<'GET /plans'>['items'][number]
type Timing = Answer<'GET /networks/{network}/timings'>['items'][number]

const SLOW_MS = 30_000
const MOST_PLANS = 50

const editorOf = (corridor: string, plan?: string): string => `/corridors/${encodeURIComponent(corridor)}${plan === undefined ? '' : `?plan=${encodeURIComponent(plan)}`}`

function Bands({ plan }: { plan: PlanSummary }) {
  const document = useResource('/plans/{plan}', { plan: plan.id }, { events: ['plan.'] }).data?.document as Plan | undefined
  if (document === undefined) return null
  const figure = (direction: 'outbound' | 'inbound'): string => {
    const band = document.bands.find((one) => one.direction === direction)
    if (band === undefined) return '–'
    return band.width_s <= 0 ? words().no_bands : words().band(seconds(band.width_s, 1), percent(band.width_cycle))
  }
  return (
    <>
      <h3>{words().bands_of(plan.period)}</h3>
      <dl class="co-figures"><div><dt>{words().band_out}</dt><dd>{figure('outbound')}</dd></div><div><dt>{words().band_in}</dt><dd>{figure('inbound')}</dd></div></dl>
    </>
  )
}

function OneCorridor({ at, corridor, timings }: { at: Town; corridor: Corridor; timings: readonly Timing[] }) {
  const [computing, setComputing] = useState(false)
  const plans = useResource('/plans', {}, { query: { network: at.id, corridor: corridor.id, limit: MOST_PLANS }, events: ['plan.'] })
  const name = named(corridor.name)
  const own = timings.filter(({ signal }) => corridor.intersections.includes(signal))
  const cycles = [...new Set(own.map(({ cycle_s }) => cycle_s))].sort((a, b) => a - b)
  const running = own.find(({ plan }) => plan !== undefined)
  const items = plans.data?.items ?? []
  const shown = items.find(({ id }) => id === running?.plan) ?? items.find(({ stage }) => stage !== 'retired')
  const columns: Column<PlanSummary>[] = [
    { id: 'period', title: words().period, head: true, by: ({ period }) => period, cell: ({ id, period }) => <><a href={editorOf(corridor.id, id)}>{period}</a>{id === running?.plan ? <b class="co-now">{words().now}</b> : null}</> },
    { id: 'stage', title: words().stage, by: ({ stage }) => STAGES.indexOf(stage), cell: ({ stage }) => words().stages[stage] },
    { id: 'cycle', title: words().cycle, numeric: true, by: ({ cycle_s }) => cycle_s, cell: ({ cycle_s }) => seconds(cycle_s) },
    { id: 'reason', title: words().reason, cell: ({ reason }) => reason },
    { id: 'author', title: words().author, by: ({ author }) => author, cell: ({ author }) => author },
    { id: 'changed', title: words().changed, by: ({ updated_at }) => updated_at, cell: ({ updated_at }) => dateAndTime(Date.parse(updated_at), at.time_zone) },
  ]
  return (
    <section class="co-corridor" aria-labelledby={`co-${corridor.id}`}>
      <header>
        <h2 id={`co-${corridor.id}`}><a href={editorOf(corridor.id)}>{name}</a></h2>
        <span class="sh-quiet">{words().signals(count(corridor.intersections.length))}</span>
        <span class="co-actions">
          <a class="sh-button" href={editorOf(corridor.id, shown?.id)}>{words().open}<span class="sh-hidden"> {name}</span></a>
          {may('engineer') ? <Button onPress={() => setComputing(true)}>{words().compute}</Button> : null}
        </span>
      </header>
      <div class="co-body">
        <div>
          <dl class="co-figures">
            <div><dt>{words().running}</dt><dd>{running === undefined ? words().before : words().plan_until(timeOfDay(Date.parse(running.valid_until), at.time_zone))}</dd></div>
            <div><dt>{words().cycle}</dt><dd>{cycles.length === 0 ? '–' : cycles.length === 1 ? seconds(cycles[0]!) : `${cycles.map((one) => count(one)).join(' · ')} (${words().different})`}</dd></div>
          </dl>
          {shown === undefined ? null : <Bands plan={shown} />}
        </div>
        {standIn(plans) ?? <Table caption={words().plans(name)} columns={columns} rows={items} keyOf={({ id }) => id} sort={{ by: 'changed', down: true }} empty={words().none} />}
      </div>
      {plans.data?.next === undefined ? null : <p class="sh-quiet">{words().more}</p>}
      {computing ? <Compute network={at.id} corridor={corridor.id} name={name} onClose={() => setComputing(false)} /> : null}
    </section>
  )
}

const STAGES: readonly PlanSummary['stage'][] = ['draft', 'checked', 'simulated', 'approved', 'scheduled', 'pushed', 'verified', 'retired']

function All({ at }: { at: Town }) {
  const ground = useResource('/networks/{network}/drawing', { network: at.id }, { events: ['network.'] })
  const timings = useResource('/networks/{network}/timings', { network: at.id }, { every_ms: SLOW_MS, events: ['schedule.', 'plan.'] }).data?.items ?? []
  const drawing = ground.data as unknown as StreetDrawing | undefined
  if (drawing === undefined) return <>{standIn(ground)}</>
  return <div class="co-page"><h1>{words().title}</h1>{drawing.corridors.map((corridor) => <OneCorridor key={corridor.id} at={at} corridor={corridor} timings={timings} />)}</div>
}

export default function CorridorsPage() {
  return town.value === undefined ? null : <All at={town.value} key={town.value.id} />
}
