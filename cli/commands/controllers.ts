// controllers: what they are, hold and do; and everything back to the controllers' own plans.
import { GreenwaveError } from '../../model/errors.ts'
import { readDevice } from '../../plans/deployment/index.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { openStreet, personOf, STREET_OPTIONS, type Street } from '../street.ts'

const ACTIONS = { list, identify, read, watch, release } as const
type Action = keyof typeof ACTIONS

export const command: Command = {
  name: 'controllers',
  positionals: `${Object.keys(ACTIONS).join('|')} [<data dir>|<scenario>]`,
  summary: 'what controllers are, hold and show; and back to their own plans',
  options: {
    ...STREET_OPTIONS,
    run: { type: 'string', value: 'id', help: 'release: this run alone (default: everything of the network)' },
    by: { type: 'string', value: 'login', help: 'release: who asks, an engineer of the service' },
    reason: { type: 'string', value: 'text', help: 'release: why' },
  },
  async run(context) {
    const [action, folder, extra] = context.positionals
    if (action === undefined || !Object.hasOwn(ACTIONS, action)) throw new GreenwaveError('usage', `"${action ?? ''}" is nothing that controllers are asked for; it must be one of ${Object.keys(ACTIONS).join(', ')}`)
    if (extra !== undefined) throw new GreenwaveError('usage', `"${extra}" is one argument too many`)
    const street = await openStreet(context.options, folder)
    try {
      await ACTIONS[action as Action](context, street)
    } finally {
      await street.close()
    }
  },
}

async function list({ options, out }: CommandContext, { store, network, devices }: Street): Promise<void> {
  const open = await store.deployments.open(network)
  const items = devices.map(({ settings: _settings, version: _version, ...device }) => {
    const at = open.findLast((one) => one.device === device.id)
    return { ...device, ...(at === undefined ? {} : { deployment: at.id, run: at.run, state: at.state, level: at.level }) }
  })
  if (options.flag('json')) out.write(`${JSON.stringify({ items })}\n`)
  else for (const { id, signal, protocol, enabled, state, level } of items) out.write(`${id} (signal ${signal}, ${protocol})${enabled ? '' : ', not enabled'}${state === undefined ? '' : `: ${state}, level ${level}`}\n`)
}

/** Each in turn; what one does not answer is told, and the others are asked all the same. Throws the first failure in the end. */
async function each<T>({ options, out, signal }: CommandContext, { deployer, devices }: Street, ask: (found: Awaited<ReturnType<typeof readDevice>>, device: DeviceRecord) => { json: T; line: string }): Promise<void> {
  const items: unknown[] = []
  let failed: GreenwaveError | undefined
  for (const device of devices) {
    try {
      const { json, line } = ask(await readDevice(deployer, device, signal), device)
      items.push(json)
      if (!options.flag('json')) out.write(`${line}\n`)
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      failed ??= error
      items.push({ controller: device.id, code: error.code, sentence: error.message })
      if (!options.flag('json')) out.write(`${device.id}: ${error.message}\n`)
    }
  }
  if (options.flag('json')) out.write(`${JSON.stringify({ items })}\n`)
  if (failed !== undefined) throw failed
}

function identify(context: CommandContext, street: Street): Promise<void> {
  return each(context, street, ({ identity, baseline: { mode, clock_skew_s } }, { id }) => {
    const lacks = Object.entries(identity.capabilities).flatMap(([what, one]) => (one.can === 'yes' ? [] : [`  ${what.replaceAll('_', ' ')}: ${one.can}, ${one.because}`]))
    const about = `${id}: ${identity.vendor} ${identity.model} ${identity.firmware} (${identity.protocol}, ${identity.profile}), ${mode}${clock_skew_s === undefined ? '' : `, clock ${clock_skew_s} s from ours`}`
    return { json: { controller: id, ...identity, mode }, line: [about, ...lacks].join('\n') }
  })
}

function read(context: CommandContext, street: Street): Promise<void> {
  return each(context, street, ({ baseline }, { id }) => {
    const slots = baseline.config.slots.map(({ slot, timing, used_by }) =>
      `  slot ${slot}: ${timing === undefined ? 'no plan that can be read' : `cycle ${timing.cycle / 10} s, offset ${timing.offset / 10} s`}, ${used_by.length === 0 ? 'spare' : used_by.join(', ')}`)
    return { json: { controller: id, ...baseline }, line: [`${id}: ${baseline.mode}, slot ${baseline.active_slot ?? 'unknown'} runs, ${baseline.hash.slice(0, 12)}`, ...slots].join('\n') }
  })
}

async function watch({ options, out, signal }: CommandContext, { deployer, devices }: Street): Promise<void> {
  const [device, second] = devices
  if (device === undefined || second !== undefined) throw new GreenwaveError('usage', `one controller is watched at a time; name it with --device, one of ${devices.map(({ id }) => id).join(', ') || 'none'}`)
  const adapter = await deployer.desk.open(device, () => {})
  let before = ''
  try {
    for await (const sample of adapter.live(signal)) {
      if (options.flag('json')) out.write(`${JSON.stringify(sample)}\n`)
      else {
        const lamps = sample.lamps.map(({ group, lamp }) => `${group} ${lamp}`).join(', ')
        if (lamps !== before) out.write(`${new Date(sample.time_s * 1000).toISOString()} ${sample.mode}: ${lamps}\n`)
        before = lamps
      }
    }
  } finally {
    await adapter.close()
  }
}

async function release({ options, out }: CommandContext, { store, deployer, network, scenario }: Street): Promise<void> {
  if (scenario) throw new GreenwaveError('usage', 'what was sent to controllers stands in the database of a service; name its directory or address')
  const [by, reason, run] = [await personOf(store, options), options.getText('reason'), options.findText('run')]
  const records = run === undefined ? await deployer.releaseAll(network, by, reason) : await deployer.release(run, by, reason)
  const items = records.map(({ id, device, signal, state, sentences }) => ({ deployment: id, controller: device, signal, state, ...(sentences.length === 0 ? {} : { why: sentences.at(-1)! }) }))
  if (options.flag('json')) out.write(`${JSON.stringify({ items })}\n`)
  else out.write(items.length === 0 ? 'nothing of ours stands in any controller\n' : `${items.map(({ controller, state, why }) => `${controller}: ${state}${why === undefined ? '' : `, ${why}`}`).join('\n')}\n`)
  const lost = items.filter(({ state }) => state === 'UNKNOWN')
  if (lost.length > 0) throw new GreenwaveError('controller.unreachable', `${lost.map(({ controller }) => controller).join(', ')} could not be reached; the service goes on trying`)
}
