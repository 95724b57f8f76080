// Files that the person keeps: what is drawn as SVG or PNG, what the service tells as text.
import { text } from '../service/service.ts'

/** A browser reads a blob that is asked for within this time after the click. */
const KEPT_MS = 60_000

function addressOf(content: BlobPart, type: string): string {
  const url = URL.createObjectURL(new Blob([content], { type }))
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
  return url
}

export function save(name: string, content: BlobPart, type: string): void {
  const link = document.createElement('a')
  link.href = addressOf(content, type)
  link.download = name
  link.click()
}

export const saveSvg = (name: string, svg: string): void => save(`${name}.svg`, `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`, 'image/svg+xml')

/** Twice the size in pixels, for print. */
const SCALE = 2

export async function savePng(name: string, svg: string): Promise<void> {
  const image = new Image()
  const loaded = new Promise((resolve, reject) => { image.addEventListener('load', resolve); image.addEventListener('error', () => reject(new Error(`${name}.png`))) })
  image.src = addressOf(svg, 'image/svg+xml')
  await loaded
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = [image.naturalWidth * SCALE, image.naturalHeight * SCALE]
  const context = canvas.getContext('2d')!
  context.scale(SCALE, SCALE)
  context.drawImage(image, 0, 0)
  const png = await new Promise<Blob>((resolve, reject) => canvas.toBlob((blob) => (blob === null ? reject(new Error(`${name}.png`)) : resolve(blob)), 'image/png'))
  save(`${name}.png`, png, 'image/png')
}

/** Bytes as the service sends them. Throws `Refused`. */
export async function saveAnswer(name: string, path: string, type = 'text/csv;charset=utf-8'): Promise<void> {
  save(name, await text(path), type)
}

/** A report in a window of its own, with the browser's print beside it. The window is opened within the click, or it would be held back. */
export async function openReport(path: string): Promise<void> {
  const opened = window.open('about:blank', '_blank')
  try {
    const page = await text(path)
    if (opened === null) save('report.html', page, 'text/html')
    else opened.location.href = addressOf(page, 'text/html;charset=utf-8')
  } catch (error) {
    opened?.close()
    throw error
  }
}
