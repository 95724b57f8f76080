// Above a limit vehicles are shown as density: how many vehicle-seconds each pixel holds, computed by the worker for the view that rests.
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Projection } from '../../diagram/view.ts'
import { shown, type Desk } from './desk.ts'
import { canvasOf } from './paint-plane.ts'
import { countVisible } from './trajectory-layer.ts'
import type { openVehicles } from './vehicles.ts'

/** More lines than this in a picture are a grey area. */
const MOST_LINES = 5000

export function densityOf({ session, view, scene, moving }: Desk, { vehicles }: ReturnType<typeof openVehicles>, projection: ReadonlySignal<Projection | undefined>) {
  const picture = signal<{ picture: HTMLCanvasElement; projection: Projection } | undefined>(undefined)
  const fold = computed(() => (shown.folded.value ? scene.value.cycle_s : undefined))
  const visible = computed(() => (vehicles.value === undefined ? 0 : countVisible(vehicles.value.columns, view.value, fold.value)))
  // The worker draws true distances only; equal ones stay lines.
  const wanted = computed(() => visible.value > MOST_LINES && !shown.equal.value)
  let asked: Projection | undefined
  const stop = effect(() => {
    const [at, own] = [projection.value, vehicles.value]
    if (!wanted.value || moving.value || at === undefined || own === undefined || at === asked) return
    asked = at
    const { from_s, to_s, low_m, high_m } = at.view
    const cycle_s = fold.value
    void session.engine.density({
      trajectories: own.columns, time_s: cycle_s === undefined ? [from_s, to_s] : [from_s % cycle_s, (from_s % cycle_s) + to_s - from_s], position_m: [low_m, high_m], ...(cycle_s === undefined ? {} : { fold_s: cycle_s }),
      width: Math.round(at.length), height: Math.round(at.breadth), scheme: isDark() ? 'dark' : 'light',
    }).then((made) => { if (made !== undefined) picture.value = { picture: canvasOf(made), projection: at } })
  })
  return { picture, wanted, visible, close: stop }
}

function isDark(): boolean {
  const theme = document.documentElement.dataset['theme']
  return theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
}
