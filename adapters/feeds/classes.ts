// What devices call the kinds of road users.
import type { RoadUserClass } from '../../model/feed.ts'

const WORDS: Readonly<Record<RoadUserClass, readonly string[]>> = {
  'car': ['car', 'passenger', 'passenger car', 'van', 'suv', 'small', 'small car', 'sedan'],
  'taxi': ['taxi', 'cab'],
  'bus': ['bus', 'coach', 'minibus'],
  'truck': ['truck', 'lorry', 'hgv', 'trailer', 'large', 'heavy'],
  'two-wheeler': ['two wheeler', 'motorcycle', 'motorbike', 'moped', 'bicycle', 'bike', 'cyclist', 'ebike', 'e bike', 'scooter'],
  'pedestrian': ['pedestrian', 'person'],
}

const CLASSES = new Map(Object.entries(WORDS).flatMap(([name, words]) => words.map((word): [string, RoadUserClass] => [word, name as RoadUserClass])))

/** The class of a word; undefined for a word or a code that nobody explained. */
export const findClass = (word: string): RoadUserClass | undefined => CLASSES.get(word.trim().toLowerCase().replaceAll(/[\s_-]+/g, ' '))
