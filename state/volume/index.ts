// Entry: volumes, penetration, saturation flow and queues from probes.
export { measureVolumes, type VolumeMeasures, type VolumeOptions } from './volumes.ts'
export type { AnchoredShare } from './anchored.ts'
export { ObservedTime } from './observed-time.ts'
