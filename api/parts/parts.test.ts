import { describe, expect, it, vi } from 'vitest'
import { GreenwaveError } from '../../model/errors.ts'
import { startParts } from './index.ts'
import { ROLES, type Part, type PartContext, type Role } from './part.ts'
import { requireRoles } from './roles.ts'

const told: string[] = []
const log = { info: () => {}, warn: (_: object, message: string) => told.push(message), error: (_: object, message: string) => told.push(message) }
const contextOf = (roles: readonly Role[] = ROLES) => ({ configuration: { roles }, log }) as unknown as PartContext

function partsOf(done: string[], changes: Partial<Record<'a' | 'b' | 'c', Partial<Part>>> = {}): Part[] {
  return (['a', 'b', 'c'] as const).map((name, i) => ({
    name, roles: [ROLES[i]!],
    start: async () => {
      done.push(`+${name}`)
      return { stop: async () => { done.push(`-${name}`) } }
    },
    ...changes[name],
  }))
}

describe('the parts of a process', () => {
  it('start in order and stop in reverse', async () => {
    const done: string[] = []
    const running = await startParts(contextOf(), partsOf(done))
    await running.stop(100)
    expect(done).toEqual(['+a', '+b', '+c', '-c', '-b', '-a'])
  })

  it('start where a role of theirs is', async () => {
    const done: string[] = []
    await startParts(contextOf(['ingest', 'work']), partsOf(done))
    expect(done).toEqual(['+b', '+c'])
  })

  it('are stopped again when one can not do without what it did not get', async () => {
    const done: string[] = []
    await expect(startParts(contextOf(), partsOf(done, { c: { start: () => Promise.reject(new Error('no broker')) } }))).rejects.toThrow('no broker')
    expect(done).toEqual(['+a', '+b', '-b', '-a'])
  })

  it('wait for a database that went away while they start', async () => {
    vi.useFakeTimers()
    try {
      let tries = 0
      const done: string[] = []
      const starting = startParts(contextOf(), partsOf(done, { b: { start: async () => {
        if (++tries < 3) throw new GreenwaveError('store.unreachable', 'the database at db/town cannot be reached')
        return { stop: async () => {} }
      } } }))
      await vi.advanceTimersByTimeAsync(5000)
      await starting
      expect([tries, done, told.splice(0)]).toEqual([3, ['+a', '+c'], Array.from({ length: 2 }, () => 'the database at db/town cannot be reached')])
    } finally {
      vi.useRealTimers()
    }
  })

  it('do not keep each other from stopping', async () => {
    const done: string[] = []
    const hangs = { start: async () => ({ stop: () => new Promise<void>(() => {}) }) }
    const fails = { start: async () => ({ stop: () => Promise.reject(new Error('lost')) }) }
    const running = await startParts(contextOf(), partsOf(done, { b: fails, c: hangs }))
    await running.stop(10)
    expect(done).toEqual(['+a', '-a'])
    expect(told).toEqual(['did not stop in time', 'failed to stop'])
  })

  it('are not begun any more once the process stops', async () => {
    const done: string[] = []
    await startParts(contextOf(), partsOf(done), () => done.length > 0)
    expect(done).toEqual(['+a'])
  })
})

describe('roles', () => {
  it('can be shared out on PostgreSQL only', () => {
    expect(() => requireRoles({ roles: ['web'], data: '/d' })).toThrow('the embedded database in /d belongs to one process: nobody else could do ingest and work')
    expect(() => requireRoles({ roles: ['web'], data: '/d', database_url: 'postgres://db/x' })).not.toThrow()
    expect(() => requireRoles({ roles: ROLES, data: '/d' })).not.toThrow()
  })
})
