// The frame of every report: one HTML file that needs nothing else. Its policy lets nothing in but the style sheet inside it.
import { html, paintedMarkup } from './html.ts'
import type { Content } from './html.ts'

export interface Page {
  title: string
  /** A constant of this room, not escaped. */
  style: string
  /** Header and main. */
  body: Content
  footer: string
}

/** A complete HTML document in English. */
export function page({ title, style, body, footer }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · greenwave</title>
<style>${paintedMarkup(style)}</style>
</head>
<body>
${body}
<footer><p>${footer}</p></footer>
</body>
</html>
`.text
}
