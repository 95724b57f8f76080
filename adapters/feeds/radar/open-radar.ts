// Object lists of radars and cameras as a feed.
import type { RadarTarget } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { faultOfPlaces } from '../places.ts'
import { RecordFeed } from '../records.ts'
import { type FrameReport, FrameScreen } from './frames.ts'
import { GEO_TRAX_CLASSES, ObjectDecoder, RADAR_COLUMNS, type RadarColumn, type RadarOptions } from './objects.ts'

export interface RadarFeed extends Feed<RadarTarget> {
  /** Frames and gaps by sensor, so far. */
  frames(): FrameReport[]
}

/** NDJSON (as `simulate` writes) or CSV (as geo-trax writes, or with the same columns). */
export function openRadar(sources: readonly ByteSource[], context: FeedContext, options: RadarOptions = {}): RadarFeed {
  let screen: FrameScreen | undefined
  const feed = new RecordFeed<RadarColumn, RadarTarget>(context.source, sources, RADAR_COLUMNS, (account: FeedAccount) => {
    const frames = screen = new FrameScreen(account)
    let objects = new ObjectDecoder(context, account, options)
    return {
      begin(has, first) {
        if (!has('time') || !has('track')) return `there is no column ${has('time') ? 'of ids' : 'of times'}: an object list needs time and id`
        const geoTrax = options.classes === undefined && has('section') && has('visible') && first[0]?.values.class !== undefined
        objects = new ObjectDecoder(context, account, geoTrax ? { ...options, classes: GEO_TRAX_CLASSES } : options)
        objects.times.settle(first.map(({ values }) => Number(values.time)))
        return options.mountings === undefined ? faultOfPlaces(context, has) : undefined
      },
      push(record, out) {
        const target = objects.decode(record)
        if (target !== undefined) frames.push(target, out)
      },
      end: (out) => frames.end(out),
    }
  })
  return Object.assign(feed, { frames: () => screen?.report() ?? [] })
}
