// Capacity, delay and queues at a signal after HCM 7.
export { backOfQueue, type BackOfQueue, stopDelay } from '../../model/hcm/back-of-queue.ts'
export { capacityOf, controlDelay, incrementalDelay, initialQueueDelay, progressionFactor, saturationDegree, uniformDelay, upstreamFilter } from '../../model/hcm/delay.ts'
export { common, piecesOf, totalOf, windowsOf, without } from './circle.ts'
export { listLaneGroups, type LaneGroup, type LaneGroupOptions } from './lane-groups.ts'
export { greensOf, isolatedDelay, laneGroupGreen, type LaneGroupState, laneGroupState } from './performance.ts'
export { leftCapacity, opposingQueueTime, permissiveSaturation, SNEAKERS_PER_CYCLE } from './permissive-left.ts'
export { rightOnRedCredit } from './right-on-red.ts'
export { laneSaturation } from './saturation.ts'
