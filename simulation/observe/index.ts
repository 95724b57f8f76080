// Entry of the observation streams: what the sensors of a street would tell of a run.
export { ControllerLog } from './controller-log.ts'
export { detectorChannels } from './detectors.ts'
export { observed, type Fleet, type Observer } from './observer.ts'
export { EVENT, fixedTimeEvents, phaseNumbers, type PhaseEventSource } from './phase-events.ts'
export { Places } from './places.ts'
export { Probes, type ProbeOptions } from './probes.ts'
export { Radar, radarSensors, type RadarOptions, type RadarSensor } from './radar.ts'
export { Trajectories } from './trajectories.ts'
