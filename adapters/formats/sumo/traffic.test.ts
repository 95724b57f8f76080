import { describe, expect, it } from 'vitest'
import { importRefusal } from '../../../test/import-outcome.ts'
import { additionalWith, fileWith, importStreet, routesWith, STREET } from './fixtures/street.ts'
import { importSumo } from './import-sumo.ts'

const demandOf = async (body: string, options: Parameters<typeof importStreet>[0] = {}) => {
  const { scenario, notes } = await importStreet({ routes: [routesWith(body)], ...options })
  return { ...scenario.demand, scenario, messages: notes.map(({ message }) => message).join('\n') }
}

const WEST_EAST = '<route edges="W-A A-M M-B B1-B2 B-E"/>'

describe('vehicles', () => {
  it('are sorted by departure and keep their ids', async () => {
    const { vehicles, routes } = await demandOf(`<vehicle id="late" depart="90">${WEST_EAST}</vehicle><vehicle id="early" depart="0:00:10">${WEST_EAST}</vehicle>`)
    expect(vehicles.depart_s).toEqual([10, 90])
    expect(vehicles.source_id).toEqual(['early', 'late'])
    expect(routes).toEqual([{ id: 'r0', links: ['W-A', 'A-M', 'M-B', 'B1-B2', 'B-E'] }])
  })

  it('take named routes, also those of a distribution, by the file alone', async () => {
    const body = `<route id="a" edges="W-A A-M"/><route id="b" edges="W-A A-An"/><routeDistribution id="d" routes="a b" probabilities="1 3"/>
      <flow id="f" begin="0" end="4000" number="2000" route="d"/><vehicle id="v" depart="0" route="a"/>`
    const [first, second] = [await demandOf(body), await demandOf(body)]
    expect(first.vehicles).toEqual(second.vehicles)
    const toNorth = first.vehicles.route.filter((route) => first.routes[route]?.links[1] === 'A-An').length
    expect(toNorth / 2000).toBeCloseTo(0.75, 1)
  })

  it('find the quickest way for a trip, over lanes that they may use', async () => {
    const body = `<vType id="bus" vClass="bus"/><trip id="t" depart="0" from="W-A" to="B2-B2n" via="M-B"/>
      <trip id="b" type="bus" depart="1" from="W-A" to="M-Ms"/><trip id="c" depart="2" from="W-A" to="M-Ms"/>`
    const { routes, vehicles, messages } = await demandOf(body)
    expect(vehicles.source_id).toEqual(['t', 'b'])
    expect(routes.map(({ links }) => links.join(' '))).toEqual(['W-A A-M M-B B1-B2 B2-B2n', 'W-A A-M M-Ms'])
    expect(messages).toContain('1 trip(s) are left out because no way leads where they go, first from edge "W-A" to "M-Ms" for class passenger')
  })

  it('go from and to districts and junctions, over what lies between', async () => {
    const body = `<taz id="west" edges="W-A A-W"/><tazs><taz id="rest"><tazSource id="E-B" weight="1"/><tazSink id="B-E" weight="1"/><tazSink id="A-An" weight="0"/></taz></tazs>
      <trip id="a" depart="0" fromTaz="west" toTaz="rest"/><trip id="b" depart="1" fromTaz="rest" toTaz="west"/><trip id="c" depart="2" fromJunction="W" toJunction="An"/>
      <trip id="d" depart="3" fromTaz="west" to="B-E" via="A-M"/><trip id="e" depart="4" from="E-B" to="A-W" fromTaz="west" toTaz="west"/>
      <trip id="f" depart="5" fromTaz="nowhere" toTaz="west"/><trip id="g" depart="6" fromXY="0,0" to="B-E"/>`
    const { routes, vehicles, messages } = await demandOf(body)
    const west = 'W-A A-M M-B B1-B2 B-E'
    expect(vehicles.source_id).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(vehicles.route.map((route) => routes[route]?.links.join(' '))).toEqual([west, expect.stringMatching(/^E-B .*A-W$/), 'W-A A-An', west, expect.stringMatching(/^E-B .*A-W$/)])
    expect(messages).toContain('1 trip(s) begin or end where no edge is known, first at TAZ "nowhere"')
    expect(messages).toContain('1 trip(s) name their ends by fromXY')
  })

  it('are shared out over the pairs of edges of their districts that are about as near', async () => {
    const body = `<taz id="sides" edges="A-An A-As"/><taz id="far" edges="A-An B-E"/>
      <flow id="f" begin="0" end="400" period="1" from="M-A" toTaz="sides"/><flow id="g" begin="0" end="400" period="1" from="W-A" toTaz="far"/>`
    const { routes, vehicles, messages } = await demandOf(body)
    const shares = new Map(routes.map(({ links }, route) => [links.join(' '), vehicles.route.filter((one) => one === route).length / 400]))
    expect([...shares.keys()].sort()).toEqual(['M-A A-An', 'M-A A-As', 'W-A A-An'])
    expect(shares.get('M-A A-An')).toBeCloseTo(0.5, 1)
    expect(shares.get('W-A A-An')).toBe(1)
    expect(messages).toContain('800 trip(s) may begin or end on several edges')
  })

  it('may be of a type that SUMO knows without a definition', async () => {
    const { vehicle_types } = await demandOf('<trip id="a" depart="0" type="DEFAULT_TAXITYPE" from="W-A" to="B-E"/><trip id="b" depart="0" type="DEFAULT_BIKETYPE" from="W-A" to="B-E"/>')
    expect(vehicle_types.map(({ vehicle_class, length_m }) => [vehicle_class, length_m])).toEqual([['taxi', 5], ['bicycle', 1.6]])
  })

  it('keep the parameters of their type, with the defaults of the class', async () => {
    const body = `<vType id="b" vClass="bus" speedFactor="normc(0.9,0.05,0.2,2)" sigma="0.2"/><vehicle id="v" type="b" depart="0">${WEST_EAST}</vehicle>`
    const { vehicle_types } = await demandOf(body)
    expect(vehicle_types).toEqual([expect.objectContaining({ id: 'b', length_m: 12, accel_mps2: 1.2, speed_factor: 0.9, speed_deviation: 0.05, sigma: 0.2, share: 1 })])
  })

  it('follow by the model that most of them name, by Krauss\'s where none is named and nobody follows too closely for it', async () => {
    const following = async (body: string): Promise<string | undefined> => (await demandOf(body)).scenario.scenario.car_following
    const vehicles = (...types: string[]): string => types.map((type, i) => `<vehicle id="v${i}" type="${type}" depart="${i}">${WEST_EAST}</vehicle>`).join('')
    const types = '<vType id="plain"/><vType id="clever" carFollowModel="IDM"/>'
    expect(await following(`<vehicle id="v" depart="0">${WEST_EAST}</vehicle>`)).toBe('krauss')
    expect(await following(types + vehicles('plain', 'plain', 'clever'))).toBe('krauss')
    expect(await following(types + vehicles('plain', 'clever', 'clever'))).toBe('idm')
    expect(await following(`<vType id="close" tau="0.4"/>${vehicles('close')}`)).toBe('idm')
  })

  it('keep how they enter: standing on the first lane where nothing is said', async () => {
    const body = `<vehicle id="a" depart="0">${WEST_EAST}</vehicle><trip id="b" depart="1" from="W-A" to="B-E" departSpeed="max" departLane="best"/>
      <flow id="c" begin="2" end="4" period="1" from="W-A" to="B-E" departSpeed="7.5" departLane="1"/>
      <vehicle id="d" depart="9" departSpeed="avg" departLane="random">${WEST_EAST}</vehicle>`
    const { vehicles, messages } = await demandOf(body)
    expect(vehicles.departures).toEqual([{ speed_mps: 0, lane: 'first' }, { speed_mps: 'max', lane: 'best' }, { speed_mps: 7.5, lane: 1 }])
    expect(vehicles.departure).toEqual([0, 1, 2, 2, 1])
    expect(messages).toContain('1 vehicle(s) depart with speed "avg"; they enter as fast as is safe')
    const { vehicles: alike } = await demandOf(`<vehicle id="a" depart="0">${WEST_EAST}</vehicle><vehicle id="b" depart="1">${WEST_EAST}</vehicle>`)
    expect([alike.departures, alike.departure]).toEqual([[{ speed_mps: 0, lane: 'first' }], undefined])
  })

  it('are spread over a distribution of types by their probabilities', async () => {
    const body = `<vTypeDistribution id="d"><vType id="x" probability="0.2"/><vType id="y" probability="0.6"/></vTypeDistribution>
      <flow id="f" begin="0" end="3000" period="1" type="d" from="W-A" to="B-E"/>`
    const { vehicle_types } = await demandOf(body)
    expect(vehicle_types.find(({ id }) => id === 'y')?.share).toBeCloseTo(0.75, 1)
  })

  it('stop where bus stops and lanes say', async () => {
    const stops = additionalWith('<busStop id="s" lane="M-B_0" startPos="20" endPos="40"/>')
    const body = `<vehicle id="late" depart="9">${WEST_EAST}<stop busStop="s" duration="20"/><stop lane="B-E_1" endPos="-30" duration="5"/></vehicle><vehicle id="early" depart="1">${WEST_EAST}</vehicle>`
    const { stops: found, scenario } = await demandOf(body, { additional: [stops] })
    const length = scenario.network.links.find(({ id }) => id === 'B-E')?.length_m ?? 0
    expect(found).toEqual([
      { vehicle: 1, link: 'M-B', lane: 0, position_m: 40, duration_s: 20 },
      { vehicle: 1, link: 'B-E', lane: 1, position_m: length - 30, duration_s: 5 },
    ])
  })

  it('outside the period are left out and counted', async () => {
    const { vehicles, messages, intervals } = await demandOf(`<flow id="f" begin="0" end="3600" period="60" from="W-A" to="B-E"/>`, { begin: 600, end: 1800 })
    expect(vehicles.depart_s).toHaveLength(20)
    expect(messages).toContain('40 vehicle(s) depart outside 600 s to 1800 s')
    expect(intervals.map(({ start_s, end_s }) => [start_s, end_s])).toEqual([[600, 1800], [600, 900], [900, 1800]])
  })

  it('with a gap in their route are left out and named', async () => {
    const { vehicles, messages } = await demandOf('<vehicle id="v" depart="0"><route edges="W-A B-E"/></vehicle>')
    expect(vehicles.depart_s).toEqual([])
    expect(messages).toContain('first from edge "W-A" to "B-E"')
  })

  it('longer than every edge of their route are left out and counted', async () => {
    const { vehicles, messages } = await demandOf(`<vType id="train" length="2000"/><vehicle id="a" type="train" depart="0">${WEST_EAST}</vehicle><vehicle id="b" depart="1">${WEST_EAST}</vehicle>`)
    expect(vehicles.source_id).toEqual(['b'])
    expect(messages).toContain('1 vehicle(s) are left out because they are longer than every edge of their route')
  })

  it('leave persons and waiting vehicles out, with a note', async () => {
    const { messages, vehicles } = await demandOf(`<person id="p" depart="0"><ride from="W-A" to="B-E" lines="x"/></person>
      <vehicle id="v" depart="triggered">${WEST_EAST}</vehicle><vehicle id="w" depart="0">${WEST_EAST}</vehicle>`)
    expect(vehicles.source_id).toEqual(['w'])
    expect(messages).toMatch(/1 <person> element/)
    expect(messages).toMatch(/1 vehicle\(s\) depart "triggered"/)
  })
})

describe('flows', () => {
  const departures = async (attributes: string) => (await demandOf(`<flow id="f" from="W-A" to="B-E" ${attributes}/>`)).vehicles.depart_s
  it('depart at equal intervals', async () => {
    expect(await departures('begin="10" end="50" period="10"')).toEqual([10, 20, 30, 40])
    expect(await departures('begin="0" end="60" number="3"')).toEqual([0, 20, 40])
    expect(await departures('begin="0" end="20" vehsPerHour="720"')).toEqual([0, 5, 10, 15])
  })
  it('without an end last an hour, unless their number or the period ends them', async () => {
    const { vehicles, messages } = await demandOf('<flow id="f" begin="100" period="60" from="W-A" to="B-E"/><flow id="g" number="2" from="W-A" to="B-E"/>')
    expect([vehicles.depart_s.length, vehicles.depart_s.at(-1)]).toEqual([62, 3640])
    expect(messages).toContain('2 flow(s) have no end, and neither has the period; they last an hour')
    expect(await departures('begin="0" number="3" period="5000"')).toEqual([0, 5000, 10_000])
    expect(await departures('begin="0" number="3" probability="1"')).toEqual([0, 1, 2])
    const { vehicles: ended } = await demandOf('<flow id="f" begin="0" period="60" from="W-A" to="B-E"/>', { end: 600 })
    expect(ended.depart_s).toHaveLength(10)
  })
  it('by chance depart at their mean rate', async () => {
    expect((await departures('begin="0" end="4000" probability="0.25"')).length / 1000).toBeCloseTo(1, 1)
    expect((await departures('begin="0" end="4000" period="exp(0.25)"')).length / 1000).toBeCloseTo(1, 1)
  })
})

describe('volumes', () => {
  it('count each passage in the quarter in which it happens at free flow', async () => {
    // 200 m and more at 13.89 m/s: who departs at 895 s passes A in the second quarter.
    const { volumes, scenario } = await demandOf(`<vehicle id="a" depart="0">${WEST_EAST}</vehicle><vehicle id="b" depart="895">${WEST_EAST}</vehicle>`, { begin: 0, end: 1800 })
    expect(scenario.scenario.periods.map(({ id }) => id)).toEqual(['00:00-00:30', '00:00-00:15', '00:15-00:30'])
    expect(volumes.find(({ movement }) => movement === 'W-A->A-M')?.volume_vph).toEqual([4, 4, 4])
    expect(volumes.find(({ movement }) => movement === 'An-A->A-W')?.volume_vph).toEqual([0, 0, 0])
  })
})

describe('corridors', () => {
  it('follow the flows of the routes, in the direction of the larger one', async () => {
    const { scenario } = await demandOf('<flow id="in" begin="0" end="900" number="50" from="E-B" to="A-W"/><flow id="out" begin="0" end="900" number="20" from="W-A" to="B-E"/>')
    expect(scenario.scenario.corridors).toEqual([{ id: 'corridor-1', name: 'Main Street', intersections: ['B', 'A'] }])
  })
  it('follow the main street where there are no routes', async () => {
    const { scenario } = await importStreet()
    expect(scenario.scenario.corridors.map(({ intersections }) => [...intersections].sort())).toEqual([['A', 'B']])
  })
  it('are taken as named, and coordinate their through groups', async () => {
    const { scenario } = await importStreet({ corridor: 'A,B' })
    const through = scenario.network.connections.find(({ id }) => id === 'W-A_0->A-M_0')?.groups?.[0]?.group
    expect(scenario.timing.plans[0]?.patterns[0]?.coordinated).toContain(through)
    expect(await importRefusal(importStreet({ corridor: 'A,X' }))).toMatchObject({ code: 'corridor.unknown' })
  })
})

describe('a configuration', () => {
  it('names its files and its period', async () => {
    const routes = routesWith(`<flow id="f" begin="0" end="7200" period="60" from="W-A" to="B-E"/>`)
    const config = fileWith(`<configuration><input><net-file value="${STREET}"/><route-files value="${routes}"/></input><time><begin value="3600"/><end value="01:15:00"/></time></configuration>`, 'sumocfg')
    const { scenario } = await importSumo(config)
    expect(scenario.demand.vehicles.depart_s).toHaveLength(15)
    expect(scenario.scenario.periods[0]?.id).toBe('01:00-01:15')
  })
  it('is not guessed: files beside a network are named', async () => {
    const routes = routesWith('')
    const { notes } = await importSumo(fileWith(await import('./fixtures/street.ts').then(({ streetText }) => streetText)))
    expect(notes.map(({ message }) => message).join()).toContain(routes.split('/').at(-1))
  })
})
