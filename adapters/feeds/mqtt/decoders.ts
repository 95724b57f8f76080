// The decoders of NDJSON files for the messages of a broker.
import type { Fix, RadarTarget } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { FeedContext } from '../feed.ts'
import { faultOfPlaces } from '../places.ts'
import { FixDecoder } from '../probes/index.ts'
import { FrameScreen, ObjectDecoder, RADAR_COLUMNS, type RadarColumn, type RadarOptions } from '../radar/index.ts'
import { jsonPicker } from '../records.ts'
import { refuse } from '../refuse.ts'
import type { MessageDecoder } from './message-feed.ts'

export const probeDecoder = (context: FeedContext) => (account: FeedAccount): MessageDecoder<Fix> => new FixDecoder(context.source, context, account)

/** A frame is told once the next one has begun, so the last frame is still in memory when its messages are acknowledged. */
export const radarDecoder = (context: FeedContext, options: RadarOptions) => (account: FeedAccount): MessageDecoder<RadarTarget> => {
  const objects = new ObjectDecoder(context, account, options)
  const frames = new FrameScreen(account)
  const pick = jsonPicker<RadarColumn>(RADAR_COLUMNS)
  let begun = options.mountings !== undefined
  return {
    decode(messages) {
      const rows: RadarTarget[] = []
      for (const { object, place } of messages) {
        const values = pick(object)
        if (!begun && (values.x !== undefined || values.lon !== undefined)) {
          const fault = faultOfPlaces(context, (column) => values[column] !== undefined)
          // A place without its other half says nothing about the source.
          if (fault !== undefined && values.lon !== undefined && values.lat !== undefined) refuse(account, 'input.format', fault, { file: context.source })
          begun = fault === undefined
        }
        const target = objects.decode({ place, values })
        if (target !== undefined) frames.push(target, rows)
      }
      return rows
    },
    end() {
      const rows: RadarTarget[] = []
      frames.end(rows)
      return rows
    },
  }
}
