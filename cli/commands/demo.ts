// demo: what `npm start` runs: plans the built-in corridor.
import { fileURLToPath } from 'node:url'
import { GreenwaveError } from '../../model/errors.ts'
import type { Command } from '../arguments.ts'
import { PLAN_OPTIONS, runPlan } from './plan.ts'

/** Beside the sources, and one folder up from the build. */
const folderOf = (name: string): string => fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `../../scenarios/${name}` : `../../../scenarios/${name}`, import.meta.url))

export const command: Command = {
  name: 'demo',
  positionals: '[scenario]',
  summary: 'plans a built-in corridor: nanhu-avenue or textbook-arterial',
  options: PLAN_OPTIONS,
  async run(context) {
    const name = context.positionals[0] ?? 'nanhu-avenue'
    if (!/^[\w-]+$/.test(name)) throw new GreenwaveError('usage', `"${name}" is no built-in scenario`)
    await runPlan(context, folderOf(name))
  },
}
