// What a road of each class of OpenStreetMap is where its tags do not say: lanes in one direction, limit, width. Values for
// built-up streets; all of them are assumptions and are noted.

export interface RoadClass {
  name: string
  /** Who goes first where roads meet: higher first. Ramps stand below the road that they leave, above the next class. */
  rank: number
  /** Lanes in each direction. */
  lanes: number
  /** Where the road is one-way, and has no number of lanes. */
  onewayLanes: number
  speed_mps: number
  width_m: number
  /** One-way although the tags do not say so. */
  oneway?: true
}

const road = (name: string, rank: number, lanes: number, onewayLanes: number, kmh: number, width_m: number): RoadClass => ({ name, rank, lanes, onewayLanes, speed_mps: kmh / 3.6, width_m })

const LIST: RoadClass[] = [
  { ...road('motorway', 14, 2, 2, 110, 3.75), oneway: true },
  road('motorway_link', 13, 1, 1, 60, 3.75),
  road('trunk', 12, 2, 2, 80, 3.5),
  road('trunk_link', 11, 1, 1, 50, 3.5),
  road('primary', 10, 1, 2, 50, 3.5),
  road('primary_link', 9, 1, 1, 50, 3.5),
  road('secondary', 8, 1, 2, 50, 3.5),
  road('secondary_link', 7, 1, 1, 50, 3.5),
  road('tertiary', 6, 1, 1, 50, 3.25),
  road('tertiary_link', 5, 1, 1, 50, 3.25),
  road('unclassified', 4, 1, 1, 50, 3),
  road('residential', 4, 1, 1, 40, 3),
  road('road', 4, 1, 1, 50, 3),
  road('living_street', 2, 1, 1, 10, 2.75),
]

/** Driveways, alleys and car parks: taken only on request. */
const SERVICE = road('service', 1, 1, 1, 20, 2.75)

const CLASSES = new Map(LIST.map((entry) => [entry.name, entry]))

export const findRoadClass = (highway: string | undefined, service: boolean): RoadClass | undefined =>
  highway === 'service' ? (service ? SERVICE : undefined) : CLASSES.get(highway ?? '')
