// demo: what `npm start` runs. Serves the demo town; with the name of a built-in corridor it plans that one.
import { fileURLToPath } from 'node:url'
import { GreenwaveError } from '../../model/errors.ts'
import type { Command } from '../arguments.ts'
import { DEMO_OPTIONS, serveDemo } from '../demo-town.ts'
import { PLAN_OPTIONS, runPlan } from './plan.ts'

/** Beside the sources, and one folder up from the build. */
const folderOf = (name: string): string => fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? `../../scenarios/${name}` : `../../../scenarios/${name}`, import.meta.url))

export const command: Command = {
  name: 'demo',
  positionals: '[scenario]',
  summary: 'serves a demo town with simulated traffic; or plans nanhu-avenue or textbook-arterial',
  options: { ...DEMO_OPTIONS, ...PLAN_OPTIONS },
  async run(context) {
    const { positionals: [name, more], options } = context
    if (more !== undefined) throw new GreenwaveError('usage', `"${more}" is one argument too many`)
    const [wrong, where] = name === undefined ? [PLAN_OPTIONS, 'a corridor: greenwave demo nanhu-avenue'] : [DEMO_OPTIONS, 'the town: greenwave demo without a name']
    const misplaced = Object.keys(wrong).find((option) => options.findText(option) !== undefined)
    if (misplaced !== undefined) throw new GreenwaveError('usage', `--${misplaced} is for ${where}`)
    if (name === undefined) return serveDemo(context)
    if (!/^[\w-]+$/.test(name)) throw new GreenwaveError('usage', `"${name}" is no built-in scenario`)
    await runPlan(context, folderOf(name))
  },
}
