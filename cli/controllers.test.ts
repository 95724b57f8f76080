import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../test/free-port.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-controllers-'))
  cpSync(join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial'), folder, { recursive: true })
  const settings = { port: await freePort(), starts_at: 0, light: 'x', links: [{ groups: [{ group: (await groups())[0]!, right_of_way: 'protected' }], rest: 'r' }], timeout_ms: 500 }
  writeFileSync(join(folder, 'controllers.json'), JSON.stringify([{ id: 'c1', signal: '1', protocol: 'traci', settings }]))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function groups(): Promise<string[]> {
  const { default: network } = await import('../scenarios/textbook-arterial/network.json', { with: { type: 'json' } }) as { default: { signals: { id: string; groups: { id: string }[] }[] } }
  return network.signals.find(({ id }) => id === '1')!.groups.map(({ id }) => id)
}

describe('controllers beside a scenario', () => {
  it('are listed', async () => {
    expect(await runCommand('controllers', 'list', folder)).toMatchObject({ code: 0, out: 'c1 (signal 1, traci)\n' })
    expect(JSON.parse((await runCommand('controllers', 'list', folder, '--json')).out)).toEqual({ items: [{ id: 'c1', network: 'scenario', signal: '1', protocol: 'traci', enabled: true }] })
  })

  it('that do not answer are told, with exit code 6', async () => {
    for (const action of ['identify', 'read']) {
      const { code, out, err } = await runCommand('controllers', action, folder)
      expect([action, code]).toEqual([action, 6])
      expect(out).toMatch(/^c1: /)
      expect(err).toContain('nothing is sent again before it was read')
    }
  })

  it.each<[string, string[], number, RegExp]>([
    ['nothing', [], 2, /must be one of list, identify, read, watch, release/],
    ['what they can not', ['reboot'], 2, /"reboot" is nothing that controllers are asked for/],
    ['one that there is not', ['list', '--device', 'c9'], 2, /--device is "c9"; there is c1/],
    ['to go back where nothing was sent', ['release', '--by', 'x', '--reason', 'y'], 2, /stands in the database of a service/],
    ['a file that there is not', ['list', '--controllers', '/nowhere.json'], 3, /there is no such file of controllers/],
  ])('are not asked for %s', async (_, words, code, sentence) => {
    const [action, ...rest] = words
    const found = await runCommand('controllers', ...(action === undefined ? [] : [action, folder]), ...rest)
    expect([found.code, found.out]).toEqual([code, ''])
    expect(found.err).toMatch(sentence)
  })

  it('are refused where the file says too little', async () => {
    const file = join(folder, 'bad.json')
    for (const [text, sentence] of [['{', /it is no JSON/], ['{}', /must hold a list/], ['[{"id":"c1"}]', /controller 1: it needs the words/]] as const) {
      writeFileSync(file, text)
      const { code, err } = await runCommand('controllers', 'list', folder, '--controllers', file)
      expect(code).toBe(3)
      expect(err).toMatch(sentence)
    }
  })
})

describe('push', () => {
  it('from a file only rehearses, since nobody approved it', async () => {
    const { code, err } = await runCommand('push', folder, '--plan', 'plan.json')
    expect(code).toBe(2)
    expect(err).toContain('a plan file can be rehearsed with --dry-run')
  })
  it('wants a plan', async () => {
    expect(await runCommand('push', folder)).toMatchObject({ code: 2, err: expect.stringContaining('--plan is missing') as string })
  })
})
