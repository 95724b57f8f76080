import { describe, expect, it } from 'vitest'
import type { ScreenRecord } from '../../ports/publication.ts'
import { requireReadableScreen } from './index.ts'

const screen = (settings: object): ScreenRecord => ({ id: 'gate', network: 'town', name: 'Gate', kind: 'text', version: 1, settings: { character_height_m: 0.5, speed_limit_mps: 60 / 3.6, ...settings } })
const way = (id: string, name: string) => ({ id, name, segments: [id], capacity_vph: 1500 })
const times = (...texts: string[]) => ({ template: { kind: 'travel-times', ways: texts.map((text) => ({ corridor: 'c', text })) } })

describe('the settings of a screen', () => {
  it('are taken where everything that they can say is read in passing', () => {
    for (const good of [{}, { neutral: [] }, { neutral: [['']] }, { neutral: [['安全驾驶']] }, times('高铁站 约{minutes}分'), { guidance: { demand_vph: 900, approver: 'desk', usual: way('a', '大道'), alternatives: [way('b', '环路')] } }]) {
      expect(() => requireReadableScreen(screen(good))).not.toThrow()
    }
  })

  it.each([
    ['a default text that takes longer than passing', { neutral: [['请各位驾驶员朋友注意行车', '安全保持车距减速慢行礼让']], speed_limit_mps: 80 / 3.6 }, 'reading takes 7.0 s, passing at the speed limit leaves 5.9 s (legible from 130 m at 80 km/h)'],
    ['small characters', { neutral: [['前方学校请减速慢行']], character_height_m: 0.15 }, 'reading takes 3.3 s, passing at the speed limit leaves 2.3 s (legible from 39 m at 60 km/h)'],
    ['a default text that is wider than the sign', { neutral: [['前方学校请减速慢行']], characters_per_line: 8 }, 'is 9 characters wide, the line has 8'],
    ['times that fit only while they have one digit', { ...times('十个汉字正好一行约{minutes}分'), characters_per_line: 10 }, 'is 11 characters wide, the line has 10'],
    ['a template without its minutes', times('高铁站'), 'must hold {minutes} once'],
    ['a notice that says too much', { template: { kind: 'notice', notice: 'n', pages: [['前方事故']], units: 4 } }, 'it says 4 things, at most 3 are read'],
    ['names of ways that are too long', { guidance: { demand_vph: 900, usual: way('a', '南湖大道高架快速路段'), alternatives: [way('b', '环路')] } }, 'characters wide, the line has 12'],
    ['what promises the fastest way', { neutral: [['走环路最快']] }, 'promises the fastest way'],
    ['a sign without measure', { lines: 1e9 }, 'a number above 0 and at most 10'],
    ['a matrix that nobody makes', { dots_per_character: 20 }, 'one of 16, 24, 32, 48'],
  ])('refuse %s', (_, settings, sentence) => {
    expect(() => requireReadableScreen(screen(settings))).toThrow(sentence)
  })
})
