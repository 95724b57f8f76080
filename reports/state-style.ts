// The style sheet of the reports of traffic state: that of the plan's report, and what tables of estimates and cards need.
import { MUTED } from '../diagram/palette.ts'
import { REPORT_STYLE } from './report-style.ts'

export const STATE_STYLE = `${REPORT_STYLE}
.period + .small, h1 + .small { margin-top: 8px; }
.none { color: #8a949e; font-size: 12px; font-style: italic; white-space: nowrap; }
.interval { display: block; color: ${MUTED}; font-size: 11.5px; white-space: nowrap; }
.grade { display: inline-block; min-width: 20px; text-align: center; border: 1px solid var(--rule); border-radius: 3px; font-weight: 600; font-size: 12px; line-height: 17px; }
tbody th { min-width: 110px; }
.place-number { display: inline-block; min-width: 18px; height: 18px; border-radius: 9px; background: #1f2933; color: #fff; text-align: center; font-size: 11px; font-weight: 650; line-height: 18px; margin-right: 4px; padding: 0 4px; }
.cause { white-space: nowrap; } .zh { color: ${MUTED}; margin-left: 6px; font-weight: 400; }
.example { color: ${MUTED}; font-size: 12.5px; overflow-wrap: anywhere; }
.definitions { display: grid; grid-template-columns: minmax(120px, 190px) 1fr; gap: 6px 18px; font-size: 13.5px; } .definitions dt { font-weight: 600; }
.card { margin-top: 36px; border-top: 2px solid #1f2933; padding-top: 14px; }
.card h2 { border-top: 0; padding-top: 0; }
.tabs { position: relative; }
.tab { position: absolute; opacity: 0; }
.tab + label { display: inline-block; padding: 6px 18px 7px; border: 1px solid var(--rule); border-bottom-color: transparent; border-radius: 5px 5px 0 0; cursor: pointer; color: ${MUTED}; margin-right: 4px; }
.tab:checked + label { color: inherit; font-weight: 650; border-color: #5b6774; border-bottom-color: #fff; }
.tab:focus-visible + label { outline: 2px solid #0f62a8; outline-offset: 2px; }
.panel { display: none; border-top: 1px solid #5b6774; padding-top: 16px; margin-top: -1px; }
.panel > h3 { display: none; }
.tab-find:checked ~ .panel-find, .tab-analyse:checked ~ .panel-analyse, .tab-treat:checked ~ .panel-treat { display: block; }
.panel h4 { margin: 18px 0 4px; } .finding { margin: 0 0 22px; } .finding h4 { font-size: 15px; margin: 0 0 4px; }
.cost { white-space: nowrap; } .against { display: block; color: ${MUTED}; font-size: 12.5px; margin-top: 2px; }
.history { list-style: none; padding: 0; font-size: 13.5px; } .history time { color: ${MUTED}; margin-right: 10px; }
@media (max-width: 640px) { .definitions { grid-template-columns: 1fr; } .definitions dd { margin-bottom: 8px; } .tab + label { padding: 6px 11px; } .many { min-width: 880px; } }
@media print {
  .tab, .tab + label { display: none; }
  .panel { display: block; border-top: 0; padding-top: 0; } .panel > h3 { display: block; margin-top: 8pt; }
  .card { break-before: page; } .card:first-of-type { break-before: auto; } .finding, .history li { break-inside: avoid; }
  .none, .interval { font-size: 7pt; } tbody th { min-width: 0; } .example { font-size: 7.5pt; } .definitions { font-size: 8pt; gap: 3pt 10pt; }
}
`
