import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { lockDirectory, startOf } from './data-lock.ts'

const made: string[] = []
const newDirectory = (): string => {
  made.push(mkdtempSync(join(tmpdir(), 'greenwave-lock-')))
  return made.at(-1)!
}
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})
const locks = (directory: string): string[] => readdirSync(directory).filter((name) => name.startsWith('lock.'))
const held = (directory: string, holder: object): void => writeFileSync(join(directory, 'lock.7'), JSON.stringify(holder))

describe('the lock of a data directory', () => {
  it('lets nobody else in until it is given back', () => {
    const directory = newDirectory()
    const lock = lockDirectory(directory)
    expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ code: 'store.locked', message: expect.stringContaining(`process ${process.pid} on ${hostname()}`) as string }))
    lock.release()
    lockDirectory(directory).release()
    expect(locks(directory)).toEqual(['lock.2'])
  })
  it('is taken over from a process that was killed, by one of many', async () => {
    const directory = newDirectory()
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    await once(child, 'spawn')
    held(directory, { host: hostname(), pid: child.pid, started: startOf(child.pid!) })
    expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ code: 'store.locked' }))
    child.kill('SIGKILL')
    await once(child, 'exit')
    lockDirectory(directory)
    expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ code: 'store.locked' }))
    expect(locks(directory)).toEqual(['lock.8'])
  })
  it('knows a process from a later one with its number', () => {
    const directory = newDirectory()
    held(directory, { host: hostname(), pid: process.pid, started: 'earlier' })
    expect(() => lockDirectory(directory)).not.toThrow()
  })
  it('never takes over from another computer, and says what to do if that is gone', () => {
    const directory = newDirectory()
    held(directory, { host: 'elsewhere', pid: 1, started: '1' })
    expect(() => lockDirectory(directory)).toThrow(/process 1 on elsewhere; if that computer is gone, delete the file lock\.7/)
  })
  it('goes by the highest number, whatever lower ones come back', () => {
    const directory = newDirectory()
    held(directory, { host: hostname(), pid: process.pid, started: 'earlier' })
    const lock = lockDirectory(directory)
    // Somebody who listed the directory before that creates the number that was taken away since.
    held(directory, { host: hostname(), pid: process.pid, started: 'earlier' })
    expect(() => lockDirectory(directory)).toThrow(expect.objectContaining({ code: 'store.locked' }))
    lock.release()
  })
})
