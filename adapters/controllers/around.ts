// Drivers with something around each call of their adapters, for rigs.
import type { ControllerAdapter, ControllerDriver, DriverContext } from '../../plans/ports/controllers.ts'
import type { LeapingClock } from './emulator/clock.ts'

/** A driver whose adapters' calls go through `around`, with the context that `given` makes of theirs. */
export function aroundCalls(driver: ControllerDriver, given: (context: DriverContext) => DriverContext, around: (name: string | symbol, call: () => unknown) => unknown): ControllerDriver {
  return {
    protocol: driver.protocol,
    open: (device, context): ControllerAdapter => new Proxy(driver.open(device, given(context)), {
      get(target, name) {
        // Private fields are the adapter's own, not the proxy's.
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (...args: unknown[]): unknown => around(name, () => Reflect.apply(value, target, args) as unknown) : value
      },
    }),
  }
}

/** A driver under a leaping clock: time stands still while an adapter is at work and waits for anything but that clock, a reply or the end of its patience. */
export function byLeapingClock(driver: ControllerDriver, clock: LeapingClock): ControllerDriver {
  const wait = async (given: DriverContext['wait'], seconds: number, signal: AbortSignal): Promise<void> => {
    clock.letGo()
    try {
      await given(seconds, signal)
    } finally {
      clock.hold()
    }
  }
  return aroundCalls(driver, (context) => ({ ...context, wait: (seconds, signal) => wait(context.wait.bind(context), seconds, signal) }), (_, call) => {
    clock.hold()
    let result: unknown
    try {
      result = call()
    } catch (error) {
      clock.letGo()
      throw error
    }
    if (!(result instanceof Promise)) { clock.letGo(); return result }
    return result.finally(() => clock.letGo())
  })
}
