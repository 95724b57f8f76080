// The protocols that greenwave speaks to controllers. A new one is one line here.
import { GreenwaveError } from '../../model/errors.ts'
import type { ControllerDriver } from '../../plans/ports/controllers.ts'
import { filesDriver } from './files/adapter.ts'
import { gat1049Driver } from './gat1049/adapter.ts'
import { gbt20999LegacyDriver } from './gbt20999-2007/adapter.ts'
import { gbt20999Driver } from './gbt20999-2017/adapter.ts'
import { ntcipDriver } from './ntcip/adapter.ts'
import { rsmpDriver } from './rsmp/adapter.ts'
import { traciDriver } from './traci/driver.ts'

export const CONTROLLER_DRIVERS: readonly ControllerDriver[] = [filesDriver, gat1049Driver, gbt20999Driver, gbt20999LegacyDriver, ntcipDriver(), rsmpDriver, traciDriver()]

/** Throws input.value for a protocol that isn't spoken. */
export function getDriver(protocol: string, drivers: readonly ControllerDriver[] = CONTROLLER_DRIVERS): ControllerDriver {
  const driver = drivers.find((one) => one.protocol === protocol)
  if (driver === undefined) throw new GreenwaveError('input.value', `no protocol "${protocol}" is spoken; there are ${drivers.map((one) => one.protocol).join(', ') || 'none'}`)
  return driver
}
