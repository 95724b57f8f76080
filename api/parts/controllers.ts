// Looks after what was sent to controllers: leases, what dead processes left, controllers that were lost; and once a day whether somebody else changed one.
import { Counter, Gauge } from 'prom-client'
import { startDaily } from '../../adapters/schedule/index.ts'
import { compareBaselines, Supervisor } from '../../plans/deployment/index.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

/** A lease of 30 minutes is prolonged within the last ten: looks may fail for a while. */
const LOOK_MS = 20_000
/** When nobody pushes plans. */
const COMPARE_AT_S = 3.5 * 3600
const SETTING = 'controllers compared'

export const controllersPart: Part = { name: 'controllers', roles: ['work'], start: startControllers }

async function startControllers({ service: { store, clock, deployer, metrics }, log }: PartContext): Promise<RunningPart> {
  const registers = [metrics]
  const renewed = new Counter({ name: 'greenwave_controller_leases_renewed_total', help: 'Leases of controllers that were prolonged', registers })
  const released = new Counter({ name: 'greenwave_controller_runs_released_total', help: 'Runs that went back because one of their controllers did not follow any more', registers })
  const lost = new Gauge({ name: 'greenwave_controllers_lost', help: 'Controllers of which nobody knows what they run, since they can not be reached', registers })
  const supervisor = new Supervisor(deployer)
  const abort = new AbortController()
  const looks = repeated(async () => {
    const look = await supervisor.look(abort.signal)
    renewed.inc(look.renewed)
    released.inc(look.released.length)
    lost.set((await store.deployments.open()).filter(({ state }) => state === 'UNKNOWN').length)
    for (const { id, device, state, sentences } of [...look.ended, ...look.lost]) log.warn({ deployment: id, controller: device, state }, sentences.at(-1) ?? state)
    for (const run of look.released) log.warn({ run }, 'a run was released, because one of its controllers fell back')
  }, LOOK_MS, (error) => { if (!abort.signal.aborted) log.warn({ err: error }, 'controllers could not be looked after; it is tried again in a moment') })
  const daily = await startDaily({
    clock, onError: (_, error) => log.warn({ err: error }, 'controllers could not be compared with what was accepted; it is tried again in a minute'),
    tasks: [{
      name: 'controllers', time_zone: 'UTC', at: COMPARE_AT_S,
      lastDay: async () => (await store.settings.get(SETTING))?.value as string | undefined,
      run: async (day) => {
        for (const { id } of await store.networks.list()) {
          const { changes, ours } = await compareBaselines(deployer, id, abort.signal)
          for (const { device, sentence } of changes) log.warn({ network: id, controller: device }, sentence)
          if (ours.length > 0) log.info({ network: id, controllers: ours }, 'controllers that hold what was sent are not compared with what was accepted until it is gone again')
        }
        await store.settings.put(SETTING, day, (await store.settings.get(SETTING))?.version ?? 0)
      },
    }],
  })
  return {
    async stop() {
      abort.abort(new Error('the service stops'))
      await Promise.all([looks.stop(), daily.stop()])
    },
  }
}
