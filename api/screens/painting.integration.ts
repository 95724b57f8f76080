// Worker threads need compiled code: built by the set-up of these tests.
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { painted } from './painting.ts'

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="80" font-family="Noto Sans CJK SC"><rect width="300" height="80" fill="#123"/><text x="10" y="50" font-size="40" fill="#fd4">约9分</text></svg>'

describe('pictures painted on a thread', () => {
  it('are those painted here, while this thread goes on; what is no drawing is refused and the next one comes', async () => {
    const { paint } = await import(pathToFileURL('dist/api/screens/painting-thread.js').href) as typeof import('./painting-thread.ts')
    let turns = 0
    const counting = setInterval(() => { turns++ }, 1)
    try {
      const [png, points, again] = await Promise.all([paint(SVG, 'png'), paint(SVG, 'points'), paint(SVG, 'png')])
      expect(turns).toBeGreaterThan(3)
      expect([Buffer.from(png).equals(painted(SVG, 'png')), Buffer.from(again).equals(png), points.length]).toEqual([true, true, 4 * 300 * 80])
      await expect(paint('no drawing', 'png')).rejects.toThrow('the picture of a screen could not be painted')
      expect(Buffer.from(await paint(SVG, 'points')).equals(points)).toBe(true)
    } finally {
      clearInterval(counting)
    }
  })
})
