import { describe, expect, it } from 'vitest'
import { LEVEL_COLOUR } from './heat-map.ts'
import { offsetLine } from './map-frame.ts'
import { buildNetworkMap, type NetworkMapInput } from './network-map.ts'
import { paintNetworkMap } from './paint-network-map.ts'

const LEVELS = [{ label: 'up to 1.8, free', colour: LEVEL_COLOUR.green, mark: '1' }, { label: 'over 1.8, congested', colour: LEVEL_COLOUR.red, mark: '2' }]
const street: NetworkMapInput = {
  links: [{ id: 'out', points: [[0, 0], [500, 0]], level: 1 }, { id: 'back', points: [[500, 0], [0, 0]], level: 0 }, { id: 'side', points: [[500, 200], [500, 0]], level: undefined }],
  signals: [{ at: [500, 0], name: 'Town <Hall>' }], places: [{ number: 1, links: ['out'], head: 'out' }], levels: LEVELS, scale: 'table made-up, version 3', driving_side: 'right',
}
const paint = (change: Partial<NetworkMapInput> = {}): string => paintNetworkMap(buildNetworkMap({ ...street, ...change }), { title: 'Map' })

describe('the map of congestion', () => {
  it('tells a class by colour, breadth and number, and says which table it is of', () => {
    const map = paint()
    expect(map).toContain(`stroke="${LEVEL_COLOUR.red}" stroke-width="6.8"`)
    expect(map).toContain(`stroke="${LEVEL_COLOUR.green}" stroke-width="3.2"`)
    expect(/class="marks".*?<\/g>/.exec(map)![0].match(/>2<\/text>/g)).toHaveLength(1)
    expect(map).toContain('table made-up, version 3')
    expect(map).toContain('over 1.8, congested')
  })

  it('draws what is not known dashed, never as free', () => {
    expect(paint().match(/stroke-dasharray/g)).toHaveLength(2)
    expect(paint({ links: street.links.map((link) => ({ ...link, level: 0 })) })).not.toContain('no data')
    expect(buildNetworkMap({ ...street, links: [{ id: 'x', points: [[0, 0], [1, 1]], level: 7 }] }).known).toBe(0)
  })

  it('keeps the directions of a street on their own sides', () => {
    expect(offsetLine([[0, 0], [10, 0]], 4)).toEqual([[0, 4], [10, 4]])
    expect(offsetLine([[10, 0], [0, 0]], 4)).toEqual([[10, -4], [0, -4]])
    expect(offsetLine([[0, 0], [0, 0], [10, 0], [10, 10]], 2)).toEqual([[0, 2], [8, 2], [8, 10]])
  })

  it('turns a street that runs to the north, with the arrow', () => {
    const tall = buildNetworkMap({ ...street, links: [{ id: 'out', points: [[0, 0], [0, 900]], level: 0 }] })
    expect(tall.north_deg).toBe(90)
    expect(tall.links[0]!.points).toEqual([[0, -0], [900, -0]])
    expect(buildNetworkMap(street).north_deg).toBe(0)
  })

  it('leaves out places of other networks, and says where there is nothing to draw', () => {
    expect(paint({ places: [{ number: 9, links: ['elsewhere'], head: 'elsewhere' }] })).not.toContain('class="places"')
    expect(paint({ links: [] })).toContain('no link has coordinates')
  })

  it('escapes names and is the same bytes twice', () => {
    expect(paint()).toContain('Town &lt;Hall&gt;')
    expect(paint()).toBe(paint())
    expect(paint()).not.toMatch(/NaN|Infinity|undefined/)
  })
})
