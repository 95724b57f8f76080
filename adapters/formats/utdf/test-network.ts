// A UTDF file of our own for tests: Main Street with two signals, 1320 ft apart, and two side streets.
// Signal 1: dual ring, protected-permissive lefts, cycle 90. Signal 2: side streets one after the other, cycle 90.

const LANE_COLUMNS = ['NBL', 'NBT', 'NBR', 'SBL', 'SBT', 'SBR', 'EBL', 'EBT', 'EBR', 'WBL', 'WBT', 'WBR', 'PED', 'HOLD']

type Values = Partial<Record<string, string | number>>

const cells = (columns: string[], values: Values): string => columns.map((column) => String(values[column] ?? '')).join(',')
const each = (names: string, value: string | number): Values => Object.fromEntries(names.split(' ').map((name) => [name, value]))

function lanes(id: number, west: number, east: number, south: number, north: number, phases: Values, permissive: Values): string[] {
  const rows: [string, Values][] = [
    ['Up Node', { ...each('NBL NBT NBR', south), ...each('SBL SBT SBR', north), ...each('EBL EBT EBR', west), ...each('WBL WBT WBR', east) }],
    ['Dest Node', { NBL: west, NBT: north, NBR: east, SBL: east, SBT: south, SBR: west, EBL: north, EBT: east, EBR: south, WBL: south, WBT: west, WBR: north }],
    ['Lanes', { NBL: 0, NBT: 1, NBR: 0, SBL: 0, SBT: 1, SBR: 0, EBL: 1, EBT: 2, EBR: 0, WBL: 1, WBT: 2, WBR: 0 }],
    ['Shared', { NBT: 3, SBT: 3, EBL: 0, EBT: 2, WBL: 0, WBT: 2 }],
    ['Storage', { EBL: 200, WBL: 200 }],
    ['StLanes', { EBL: 1, WBL: 1 }],
    ['Speed', { NBT: 25, SBT: 25, EBT: 40, WBT: 40 }],
    ['Phase1', phases],
    ['PermPhase1', permissive],
    ['Allow RTOR', each('NBR SBR EBR WBR', 1)],
    ['Volume', { NBL: id === 1 ? 30 : 120, NBT: 60, NBR: 40, SBL: 50, SBT: 70, SBR: 30, EBL: 80, EBT: 700 + id * 10, EBR: 40, WBL: id === 1 ? 60 : 240, WBT: 650, WBR: 50 }],
    ['Distance', { NBT: 500, SBT: 500, EBT: id === 1 ? 800 : 1320, WBT: id === 1 ? 1320 : 800 }],
    ['Detect Whim', { EBT: 6 }],
  ]
  return rows.map(([name, values]) => `${name},${id},${cells(LANE_COLUMNS, values)}`)
}

function phases(id: number, brp: string[], min: (number | '')[], max: (number | '')[]): string[] {
  const timed = <T>(value: T): (T | '')[] => max.map((green) => (green === '' ? '' : value))
  const rows: [string, (string | number)[]][] = [
    ['BRP', brp], ['MinGreen', min], ['MaxGreen', max], ['VehExt', timed(3)], ['Yellow', timed(4)], ['AllRed', timed(1)],
    ['Recall', timed(3)], ['Walk', timed('')], ['DontWalk', timed('')],
  ]
  return rows.map(([name, values]) => `${name},${id},${values.join(',')}`)
}

const timeplan = (id: number, offset: number): string[] =>
  [['Control Type', 3], ['Cycle Length', 90], ['Referenced To', 0], ['Reference Phase', 206], ['Offset', offset], ['Node 0', id], ['Node 1', 0]].map(([name, value]) => `${name},${id},${value}`)

/** The file as lines; change some to break it. */
export function testNetwork(): string[] {
  return [
    '[Network]', 'Network Settings', 'RECORDNAME,DATA', 'UTDFVERSION,8', 'Metric,0', 'yellowTime,3.5', '',
    '[Nodes]', 'Node Data', 'INTID,TYPE,X,Y,Z,DESCRIPTION',
    '1,0,0,0,0,', '2,0,1320,0,0,', '10,1,-800,0,0,', '11,1,2120,0,0,', '12,1,0,-500,0,', '13,1,0,500,0,', '14,1,1320,-500,0,', '15,1,1320,500,0,', '',
    '[Links]', 'Link Data', 'RECORDNAME,INTID,NB,SB,EB,WB',
    'Up ID,1,12,13,10,2', 'Name,1,First Ave,First Ave,Main Street,Main Street', 'Distance,1,500,500,800,1320', 'Speed,1,25,25,40,40',
    'Up ID,2,14,15,1,11', 'Name,2,Second Ave,Second Ave,Main Street,Main Street', 'Distance,2,500,500,1320,800', 'Speed,2,25,25,40,40', '',
    '[Lanes]', 'Lane Group Data', `RECORDNAME,INTID,${LANE_COLUMNS.join(',')}`,
    ...lanes(1, 10, 2, 12, 13, { NBT: 8, SBT: 4, EBL: 5, EBT: 2, WBL: 1, WBT: 6 }, { NBL: 8, SBL: 4, EBL: 2, WBL: 6 }),
    ...lanes(2, 1, 11, 14, 15, { NBL: 3, NBT: 3, SBL: 4, SBT: 4, EBT: 2, WBT: 6, EBL: 5, WBL: 1 }, {}), '',
    '[Timeplans]', 'Timing Plan Settings', 'RECORDNAME,INTID,DATA', ...timeplan(1, 12), ...timeplan(2, 40), '',
    '[Phases]', 'Phasing Data', 'RECORDNAME,INTID,D1,D2,D3,D4,D5,D6,D7,D8',
    ...phases(1, ['111', '112', '211', '212', '121', '122', '221', '222'], [5, 10, '', 8, 5, 10, '', 8], [10, 35, '', 30, 12, 33, '', 30]),
    ...phases(2, ['111', '112', '211', '212', '121', '122', '221', '222'], [5, 10, 7, 7, 5, 10, '', ''], [9, 31, 12, 18, 11, 29, '', '']),
  ]
}

/** Counts of the two signals, two quarter hours, under names that the network does not know. */
export function testCounts(): string[] {
  const volumes: [site: string, eastThrough: number, left: number][] = [['West', 175, 8], ['East', 190, 30]]
  const lines = ['intersection,site,time,approach,movement,count']
  for (const [site, through, left] of volumes) {
    for (const time of ['17:00', '17:15']) {
      const rows: [string, string, number][] = [
        ['Northbound', 'L', left], ['Northbound', 'T', 15], ['Northbound', 'R', 10], ['Southbound', 'L', 12], ['Southbound', 'T', 17], ['Southbound', 'R', 8],
        ['Eastbound', 'L', 20], ['Eastbound', 'T', through], ['Eastbound', 'R', 10], ['Westbound', 'L', site === 'West' ? 15 : 60], ['Westbound', 'T', 162], ['Westbound', 'R', 12],
        ['Westbound', 'U', 1], ['Unassigned', 'T', 40],
      ]
      for (const [approach, movement, count] of rows) lines.push(`1) Main St & ${site},${site},${time},${approach},${movement},${count}`)
    }
  }
  return lines
}
