// Sample inputs that live beside the checkout and are never part of it. A user's clone has none: tests that
// need them skip and say so.
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const above = dirname(dirname(fileURLToPath(import.meta.url)))
/** Benches run from the build, a folder further down. */
const checkout = basename(above) === 'dist' ? dirname(above) : above
const root = process.env.GREENWAVE_SHARED_DATA ?? join(checkout, '..', 'shared', 'data')

/** Path of a sample file or folder, or undefined where the samples are absent. */
export function sharedData(relative: string): string | undefined {
  const path = join(root, relative)
  return existsSync(path) ? path : undefined
}

/** For a suite's name, so that a skipped run says why. */
export const sharedDataNote = existsSync(root) ? '' : ' (skipped: no sample data beside the checkout)'
