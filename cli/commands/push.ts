// push: a plan to the controllers of its corridor. With --dry-run nothing is sent: what would be, in each controller's own terms, and what stands against it.
import { toldRun } from '../../api/jobs/controllers.ts'
import { readPlan } from '../../adapters/formats/scenario/read.ts'
import { type ErrorCode, GreenwaveError } from '../../model/errors.ts'
import { pushPlan, rehearsePlan, type Rehearsal } from '../../plans/deployment/index.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { openStreet, personOf, STREET_OPTIONS, type Street } from '../street.ts'

export const command: Command = {
  name: 'push',
  positionals: '[<data dir>|<scenario>]',
  summary: 'a plan to the controllers, verified until the lamps follow, or back',
  options: {
    ...STREET_OPTIONS,
    plan: { type: 'string', value: 'id|f', help: 'an approved plan of the service; with a scenario folder the file plan.json' },
    'dry-run': { type: 'boolean', help: 'read and check only; show what would be sent' },
    by: { type: 'string', value: 'login', help: 'who pushes: an engineer of the service' },
    reason: { type: 'string', value: 'text', help: 'why, for the audit' },
    permanent: { type: 'boolean', help: 'for good; by default under a lease that the service renews' },
    lease: { type: 'string', value: 's', help: 'how long it runs on when the service is gone (default 1800)' },
  },
  run,
}

async function run(context: CommandContext): Promise<void> {
  const { options, positionals: [folder, extra] } = context
  if (extra !== undefined) throw new GreenwaveError('usage', `"${extra}" is one argument too many`)
  const plan = options.getText('plan')
  const street = await openStreet(options, folder)
  try {
    if (options.flag('dry-run')) await rehearse(context, street, plan)
    else if (street.scenario) throw new GreenwaveError('usage', 'a plan file can be rehearsed with --dry-run; what is sent to controllers was approved in a service (greenwave serve)')
    else await push(context, street, plan)
  } finally {
    await street.close()
  }
}

async function rehearse({ options, out, signal }: CommandContext, street: Street, plan: string): Promise<void> {
  const { store, deployer, network, scenario } = street
  const asked = options.list('device').length > 0 || scenario ? { devices: street.devices.map(({ id }) => id) } : {}
  const members = scenario
    ? await deployer.rehearse({ plan: { id: plan, network, network_version: 1, document: await readPlan(plan) }, signal, ...asked })
    : await rehearsePlan(deployer, new PlanWorkflow({ store, clock: deployer.desk.clock }), { plan, signal, ...asked })
  if (options.flag('json')) out.write(`${JSON.stringify({ dry_run: true, members })}\n`)
  else out.write(`${members.flatMap(linesOf).join('\n')}\n`)
  const trouble = members.find(({ obstacles, sentence }) => sentence !== undefined || obstacles.length > 0)
  if (trouble !== undefined) throw new GreenwaveError((trouble.code as ErrorCode | undefined) ?? 'plan.refused', trouble.sentence ?? trouble.obstacles[0]!.sentence)
}

function linesOf({ device, signal, identity, writes, findings, sentence }: Rehearsal): string[] {
  const about = `${device} (signal ${signal}${identity === undefined ? '' : `, ${identity.vendor} ${identity.model} ${identity.firmware}`})`
  if (writes === undefined) return [about, `  ${sentence}`]
  return [
    `${about}: slot ${writes.slot}, cycle ${writes.timing.cycle / 10} s, offset ${writes.timing.offset / 10} s`,
    ...writes.items.map(({ name, unit, old, new: value }) => `  ${name}: ${old ?? 'nothing'} -> ${value}${unit === undefined ? '' : ` ${unit}`}`),
    ...writes.frames.map(({ title, hex }) => `  sends ${title}: ${hex}`),
    ...findings.map(({ weight, sentence }) => `  ${weight === 'hard' ? 'refused' : 'needs two people'}: ${sentence}`),
  ]
}

async function push({ options, out, signal }: CommandContext, { store, deployer, devices }: Street, plan: string): Promise<void> {
  const by = await personOf(store, options)
  const reason = options.findText('reason')
  const lease_s = options.findText('lease') === undefined ? undefined : options.number('lease', 1800, { least: 120, most: 86_400, whole: true })
  const report = await pushPlan(deployer, new PlanWorkflow({ store, clock: deployer.desk.clock }), {
    plan, run: crypto.randomUUID(), mode: options.flag('permanent') ? 'permanent' : 'temporary', by, signal,
    ...(reason === undefined ? {} : { reason }), ...(lease_s === undefined ? {} : { lease_s }), ...(options.list('device').length === 0 ? {} : { devices: devices.map(({ id }) => id) }),
  })
  const told = toldRun(report)
  if (options.flag('json')) out.write(`${JSON.stringify(told)}\n`)
  else out.write(`${told.members.map(({ controller, signal: at, state, level, why }) => `${controller} (signal ${at}): ${state}, level ${level}${why === undefined ? '' : `, ${why}`}`).join('\n')}\n`)
  if (!report.effective) throw new GreenwaveError(report.code === 'controller.unreachable' ? 'controller.unreachable' : 'controller.refused', report.sentence ?? 'the corridor does not run the plan')
}
