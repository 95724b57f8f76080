// Entry: object lists of radars and cameras.
export { FrameScreen, type FrameReport } from './frames.ts'
export { ObjectDecoder, outsideBy, RADAR_COLUMNS, type Mounting, type RadarColumn, type RadarOptions } from './objects.ts'
export { openRadar, type RadarFeed } from './open-radar.ts'
