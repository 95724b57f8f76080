// Thousands of vehicles as one picture: how many vehicle-seconds fall on each pixel of time and place, drawn so that equal steps of the
// logarithm are equal steps of lightness to the eye (OKLab). With `fold_s` all cycles lie on top of each other.
import type { Density, DensityRequest } from './protocol.ts'

/** Vehicle-seconds by pixel, row by row from the largest position down. */
export function depositOf({ trajectories, time_s, position_m, fold_s, width, height }: Omit<DensityRequest, 'scheme'>): Float32Array {
  const { starts, times_s, positions_m } = trajectories
  const into = new Float32Array(width * height)
  const [perSecond, perMetre] = [width / (time_s[1] - time_s[0]), height / (position_m[1] - position_m[0])]
  for (let v = 0; v + 1 < starts.length; v++) {
    for (let i = starts[v]!; i + 1 < starts[v + 1]!; i++) {
      const [t0, t1, x0, x1] = [times_s[i]!, times_s[i + 1]!, positions_m[i]!, positions_m[i + 1]!]
      if (fold_s === undefined && (t1 < time_s[0] || t0 > time_s[1])) continue
      const seconds = t1 - t0
      const parts = Math.max(1, Math.ceil(Math.max(seconds * perSecond, Math.abs(x1 - x0) * perMetre)))
      const weight = seconds / parts
      for (let k = 0; k < parts; k++) {
        const share = (k + 0.5) / parts
        const row = Math.floor((position_m[1] - x0 - share * (x1 - x0)) * perMetre)
        if (row < 0 || row >= height) continue
        let t = t0 + share * seconds
        if (fold_s === undefined) {
          const column = Math.floor((t - time_s[0]) * perSecond)
          if (column >= 0 && column < width) into[row * width + column]! += weight
          continue
        }
        // Where more than one cycle is shown, it is shown again.
        t = time_s[0] + ((((t - time_s[0]) % fold_s) + fold_s) % fold_s)
        for (; t < time_s[1]; t += fold_s) {
          const column = Math.floor((t - time_s[0]) * perSecond)
          if (column < width) into[row * width + column]! += weight
        }
      }
    }
  }
  return into
}

export function densityOf(request: DensityRequest): Density {
  const deposit = depositOf(request)
  const pixels = new Uint8ClampedArray(4 * deposit.length)
  let fullest = 0
  for (const value of deposit) if (value > fullest) fullest = value
  const scale = fullest > 0 ? (SHADES - 1) / Math.log1p(CONTRAST) : 0
  const ramp = RAMPS[request.scheme]
  for (let i = 0; i < deposit.length; i++) {
    const value = deposit[i]!
    if (value === 0) continue
    const shade = Math.round(scale * Math.log1p((CONTRAST * value) / fullest))
    pixels.set(ramp.subarray(4 * shade, 4 * shade + 4), 4 * i)
  }
  return { width: request.width, height: request.height, pixels, fullest }
}

const SHADES = 256
/** A single vehicle among a few hundred is still seen. */
const CONTRAST = 200

/** From nearly the ground to far from it; hue and chroma stay, so that lightness alone carries the meaning. */
const RAMPS: Record<DensityRequest['scheme'], Uint8ClampedArray> = { light: ramp(0.9, 0.28), dark: ramp(0.32, 0.95) }

function ramp(from: number, to: number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(4 * SHADES)
  for (let i = 0; i < SHADES; i++) table.set([...fromOklch(from + ((to - from) * i) / (SHADES - 1), 0.075, 4.4), 255], 4 * i)
  return table
}

/** Ottosson 2020; out: 0 to 255. */
function fromOklch(L: number, chroma: number, hue_rad: number): number[] {
  const [a, b] = [chroma * Math.cos(hue_rad), chroma * Math.sin(hue_rad)]
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s]
  return linear.map((c) => 255 * (c <= 0.0031308 ? 12.92 * Math.max(0, c) : 1.055 * c ** (1 / 2.4) - 0.055))
}
