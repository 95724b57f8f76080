// Entry: probes and radar over MQTT.
import type { Fix, RadarTarget } from '../../../model/feed.ts'
import type { Feed, FeedContext } from '../feed.ts'
import type { RadarOptions } from '../radar/index.ts'
import { type BrokerOptions, brokerMessages } from './broker.ts'
import { probeDecoder, radarDecoder } from './decoders.ts'
import { MessageFeed } from './message-feed.ts'

/** Fixes of probes; `context.now` should move with the clock (a getter), so that times of the future are seen. */
export const openMqttProbes = (broker: BrokerOptions, context: FeedContext): Feed<Fix> => new MessageFeed(context.source, brokerMessages(broker), probeDecoder(context))

/** Objects of radars. */
export const openMqttRadar = (broker: BrokerOptions, context: FeedContext, options: RadarOptions = {}): Feed<RadarTarget> => new MessageFeed(context.source, brokerMessages(broker), radarDecoder(context, options))

export { type BrokerOptions, brokerMessages } from './broker.ts'
export { BrokerIntake, type IntakeFigures, type IntakeOptions } from './intake.ts'
export { linesOfMessage } from './lines.ts'
export { type Message, MessageFeed, type MessageDecoder, type MessageObject, type MessageSource } from './message-feed.ts'
