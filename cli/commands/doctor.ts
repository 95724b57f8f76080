// doctor: the effective configuration with the origin of each value, and whether the service could run with it.
import { shownValue } from '../../api/configuration/load.ts'
import { SETTINGS } from '../../api/configuration/settings.ts'
import type { Verdict } from '../../api/operations/doctor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { configurationFrom, SERVICE_OPTIONS } from '../service-options.ts'
import { terminalOf } from '../terminal.ts'

const COLORS: Record<Verdict, number> = { ok: 32, warn: 33, fail: 31 }

export const command: Command = {
  name: 'doctor',
  positionals: '',
  summary: 'settings of the service with their origins, and whether it could run here',
  options: SERVICE_OPTIONS,
  run,
}

async function run({ positionals, options, out }: CommandContext): Promise<void> {
  if (positionals[0] !== undefined) throw new GreenwaveError('usage', `"${positionals[0]}" is one argument too many`)
  const loaded = configurationFrom(options)
  const settings = SETTINGS.map((setting) => ({ setting: setting.key, value: shownValue(setting, loaded.configuration), origin: loaded.origins[setting.key] }))
  const { examine } = await import('../../api/operations/doctor.ts')
  const findings = await examine(loaded)
  if (options.flag('json')) out.write(`${JSON.stringify({ settings, findings })}\n`)
  else {
    const { color } = terminalOf(out)
    const [long, wide] = [Math.max(...settings.map(({ setting }) => setting.length)) + 1, Math.max(...settings.map(({ value }) => value.length))]
    for (const { setting, value, origin } of settings) out.write(`${setting.padEnd(long)}${value.padEnd(wide)}  ${origin}\n`)
    out.write('\n')
    for (const { matter, verdict, says, next } of findings) {
      out.write(`${color ? `\u001b[${COLORS[verdict]}m` : ''}${verdict.padEnd(5)}${color ? '\u001b[0m' : ''}${matter}: ${says}\n${next === undefined ? '' : `     ${next}\n`}`)
    }
  }
  const failed = findings.filter(({ verdict }) => verdict === 'fail')
  if (failed.length > 0) throw new GreenwaveError('service.unfit', `${failed.map(({ matter }) => matter).join(', ')}: the service cannot run so`)
}
