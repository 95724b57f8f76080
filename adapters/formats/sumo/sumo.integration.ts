// Against SUMO itself: what we read of a program and write back must drive exactly as the original.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runningPatterns } from '../../../model/schedule.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { hasSumo, inTemporaryFolder, runSumo, sumoNote } from '../../../test/sumo.ts'
import { exportSumoPatterns } from './export-additional.ts'
import { importSumo } from './import-sumo.ts'
import { readConfig } from './read-config.ts'

const SAMPLES = ['cologne3/cologne3.sumocfg', 'ingolstadt1/ingolstadt1.sumocfg', 'bologna-acosta/run.sumocfg']

describe.skipIf(!hasSumo || sharedDataNote !== '')(`the exported additional file in SUMO${sumoNote}${sharedDataNote}`, () => {
  for (const sample of SAMPLES) {
    it(`drives ${sample} with the running plan exactly as the network alone`, async () => {
      const config = sharedData(`sumo/${sample}`) ?? ''
      const { net, routes, additional, begin = 0, end = 3600 } = await readConfig(config)
      const { scenario } = await importSumo(config)
      const patterns = [...runningPatterns(scenario.timing, begin).values()]
      const text = exportSumoPatterns(scenario.network, patterns)
      await inTemporaryFolder(async (folder) => {
        const plan = join(folder, 'plan.add.xml')
        await writeFile(plan, text)
        const run = { net, routes, begin, end, seed: 42 }
        const alone = await runSumo({ ...run, additional })
        const withPlan = await runSumo({ ...run, additional: [...additional, plan] })
        expect(alone.trips.length).toBeGreaterThan(1000)
        expect(withPlan.trips).toEqual(alone.trips)
        // The file must matter: a shifted plan drives otherwise.
        await writeFile(plan, exportSumoPatterns(scenario.network, patterns.map((pattern) => ({ ...pattern, offset_s: pattern.offset_s + 20 }))))
        const shifted = await runSumo({ ...run, additional: [...additional, plan] })
        expect(shifted.trips).not.toEqual(alone.trips)
      })
    })
  }
})
