// The style sheet of the report, a constant: a server with a strict policy can allow it by its hash.
// Sizes for the screen; print has its own below. Colours of the directions are those of the diagrams.
import { DIRECTION_COLOUR, FONT, INK, MUTED, RULE } from '../diagram/palette.ts'

export const REPORT_STYLE = `
:root { color: ${INK}; background: #fff; font: 15px/1.5 ${FONT}; --muted: ${MUTED}; --rule: ${RULE}; --better: #17734a; --worse: #a61e2e; --undecided: #7a5a00; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 48px 32px 64px; max-width: 1000px; font-variant-numeric: tabular-nums; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: 0; }
h2 { font-size: 20px; font-weight: 650; margin: 0 0 14px; padding-top: 28px; border-top: 1px solid var(--rule); }
h3 { font-size: 16px; font-weight: 650; margin: 28px 0 8px; }
p { margin: 0 0 10px; max-width: 76ch; }
section { margin-top: 40px; }
.eyebrow { color: var(--muted); font-size: 13px; margin-bottom: 6px; }
.period { display: block; font-size: 18px; font-weight: 400; color: var(--muted); letter-spacing: 0; margin-top: 4px; }
.headline { font-size: 19px; line-height: 1.5; max-width: none; margin: 0 0 22px; }
#answer { margin-top: 28px; }
.small, figcaption, .was, .unit { color: var(--muted); font-size: 13px; font-weight: 400; }
.was { margin-left: 6px; }
.small { max-width: 100ch; }
.outbound { color: ${DIRECTION_COLOUR.outbound}; }
.inbound { color: ${DIRECTION_COLOUR.inbound}; }
.better { color: var(--better); } .worse { color: var(--worse); } .undecided { color: var(--undecided); }
.warning { border-left: 3px solid var(--worse); padding: 8px 12px; background: #fbf3f2; max-width: none; }
dl { margin: 0; } dd { margin: 0; }
.tiles { display: flex; flex-wrap: wrap; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); margin: 0 0 18px; }
.tile { flex: 1 1 130px; padding: 14px 16px 12px; border-left: 1px solid var(--rule); }
.tile:first-child { border-left: 0; padding-left: 0; }
.tile dt { color: var(--muted); font-size: 13px; }
.tile strong { display: block; font-size: 27px; line-height: 1.25; font-weight: 600; letter-spacing: -.01em; white-space: nowrap; }
.tile dd > span { color: var(--muted); font-size: 13px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 14px; margin-top: 22px; }
a { color: ${DIRECTION_COLOUR.outbound}; text-underline-offset: 2px; text-decoration-thickness: 1px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 18px 0 10px; font-size: 14px; line-height: 1.35; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; }
th, td { padding: 6px 10px; text-align: left; vertical-align: top; }
thead th { font-weight: 500; color: var(--muted); font-size: 12.5px; border-bottom: 1.5px solid ${INK}; vertical-align: bottom; }
tbody th { font-weight: 400; }
tbody tr { border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; white-space: nowrap; } thead .n { white-space: normal; }
.g { border-left: 1px solid var(--rule); }
.compact { font-size: 13px; } .compact th, .compact td { padding: 4px 8px; } .compact th:first-child { padding-left: 0; } .compact th:last-child, .compact td:last-child { padding-right: 0; }
.verdict { white-space: nowrap; font-weight: 600; }
.phase { font-weight: 650; }
.los { display: inline-block; min-width: 22px; text-align: center; border-radius: 3px; font-weight: 600; font-size: 12px; line-height: 18px; }
.los-A { background: #eef5f1; } .los-B { background: #e4efe9; } .los-C { background: #f1f1e2; } .los-D { background: #f7ead0; } .los-E { background: #f3d5c4; } .los-F { background: #a61e2e; color: #fff; }
figure { margin: 22px 0 26px; }
figcaption { margin-top: 4px; }
svg { display: block; max-width: 100%; height: auto; }
.diagram svg, .timing-bar { width: 100%; }
.toggle { position: relative; top: 1px; margin: 0 5px 0 0; accent-color: ${INK}; }
.toggle + label { font-size: 13px; color: var(--muted); margin-right: 16px; }
.show-bands:not(:checked) ~ .wide .bands, .show-trajectories:not(:checked) ~ .wide .trajectories { display: none; }
.sheet { margin-top: 34px; }
.facts { display: flex; flex-wrap: wrap; gap: 8px 36px; margin: 0 0 12px; }
.facts dt { color: var(--muted); font-size: 12.5px; } .facts .broad { flex: 1 1 260px; }
code { font: 12px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul { padding-left: 20px; margin: 0 0 12px; } li { margin-bottom: 4px; max-width: 76ch; }
footer { margin-top: 56px; padding-top: 14px; border-top: 1px solid var(--rule); color: var(--muted); font-size: 12.5px; }
@media (max-width: 640px) { body { padding: 24px 16px 40px; } .headline { font-size: 17px; } .diagram svg { width: 760px; max-width: none; } }
@page { size: A4; margin: 15mm 14mm 16mm; }
@media print {
  :root { font-size: 9.5pt; line-height: 1.4; }
  body { padding: 0; max-width: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav, .toggle, .toggle + label { display: none; }
  .wide { overflow: visible; }
  h1 { font-size: 19pt; } h2 { font-size: 13pt; padding-top: 12pt; } h3 { font-size: 10.5pt; margin-top: 14pt; } .period { font-size: 12pt; } .headline { font-size: 11.5pt; }
  .tile strong { font-size: 16pt; } .tile { padding: 8pt 9pt; flex-basis: 80pt; }
  table { font-size: 8.5pt; margin: 10pt 0 6pt; } thead th { font-size: 7.5pt; } th, td { padding: 3pt 5pt; } .compact { font-size: 8pt; } .compact th, .compact td { padding: 2pt 4pt; }
  section { margin-top: 18pt; } figure { margin: 8pt 0 12pt; } .sheet { margin-top: 16pt; }
  .small, figcaption, .was, .unit, .eyebrow, .tile dt, .tile dd > span, .facts dt, footer { font-size: 8pt; }
  h2, h3, caption { break-after: avoid; } figure, tr, .tiles, .warning { break-inside: avoid; } thead { display: table-header-group; }
  .sheet { break-inside: avoid; }
  #diagram, #timing { break-before: page; }
  .facts, .chart, #movements .wide { break-inside: avoid; } h3 + p { break-before: avoid; }
}
`

/** Paper, and a line at the foot of every printed page; goes after the style sheet. */
export function pageStyle(paper: 'a4' | 'a3', line: string): string {
  // Inside a string of CSS: nothing that could end it, and nothing that could end the style element.
  const safe = line.replace(/[\\"'<>&\p{Cc}\p{Cs}]/gu, (c) => `\\${c.codePointAt(0)!.toString(16)} `)
  return `@page { size: ${paper === 'a3' ? 'A3' : 'A4'}; margin: 15mm 14mm 18mm; @bottom-left { content: "${safe}"; font: 7.5pt ${FONT}; color: ${MUTED}; } @bottom-right { content: counter(page) " / " counter(pages); font: 7.5pt ${FONT}; color: ${MUTED}; } }
.record { margin-top: 14px; } .record dd { overflow-wrap: anywhere; }
`
}
