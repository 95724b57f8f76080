// Entry: batches over NATS JetStream.
export { Leases, type Holding, type LeaseOptions } from './leases.ts'
export { NatsLink, type NatsOptions, type Streams } from './link.ts'
export { batchSubject, HEADER, liveSubject, messageId, STREAM } from './names.ts'
export { NetworkReader, type BatchWork, type ReaderFigures, type StreamedBatch } from './reader.ts'
export { BatchSender } from './sender.ts'
export { LEASE_MS, type StreamSizes } from './settings.ts'
