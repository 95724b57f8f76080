// The style sheet of the daily report: that of the reports of traffic state, closer together, so that a day is two printed pages.
import { STATE_STYLE } from '../state-style.ts'

export const DAILY_STYLE = `${STATE_STYLE}
section { margin-top: 22px; } h2 { padding-top: 18px; margin-bottom: 8px; } #answer h2 { margin-top: 6px; }
caption { display: none; } table { margin-top: 4px; }
#answer .headline { border-left: 4px solid #1f2933; padding-left: 16px; margin-bottom: 26px; }
tbody th { font-weight: 600; } td { overflow-wrap: break-word; }
@media print { section { margin-top: 9pt; break-inside: avoid; } h2 { padding-top: 7pt; margin-bottom: 4pt; } #answer .headline { border-left-width: 3pt; } }
`
