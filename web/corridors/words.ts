// What the list of corridors says.
import { texts } from '../words/language.ts'

const stages = { draft: 'draft', checked: 'checked', simulated: 'simulated', approved: 'approved', scheduled: 'scheduled', pushed: 'pushed', verified: 'verified', retired: 'retired' }
const en = {
  title: 'Corridors', signals: (n: string) => `${n} signals`, open: 'Time-space diagram', running: 'Runs now', before: 'timing of before greenwave', plan_until: (t: string) => `plan, until ${t}`, cycle: 'Cycle', different: 'no common cycle', plans: (name: string) => `Plans of ${name}`, none: 'There is no plan yet.', more: 'Only the newest are shown.',
  period: 'Period', stage: 'Stage', reason: 'Reason', author: 'Author', changed: 'Changed', band_out: 'Band out', band_in: 'Band in', band: (width: string, share: string) => `${width} · ${share}`, bands_of: (period: string) => `Bands of the plan for ${period}`, no_bands: 'no band', now: 'runs now', stages,
  compute: 'Compute a plan', for_period: 'For the period', why: 'Reason', why_default: 'New optimization', start: 'Compute', computing: 'The plan is being computed and simulated', ready: 'The plan is ready', open_it: 'Open it', failed: (why: string) => `No plan came of it: ${why}`, lost: 'The service does not answer.', called_off: 'called off',
}
const zh: typeof en = {
  title: '协调干线', signals: (n) => `${n} 个信号灯`, open: '时距图', running: '当前运行', before: '原有配时', plan_until: (t) => `绿波方案,至 ${t}`, cycle: '周期', different: '无公共周期', plans: (name) => `${name}的方案`, none: '尚无方案。', more: '仅显示最新方案。',
  period: '时段', stage: '阶段', reason: '原因', author: '作者', changed: '修改时间', band_out: '去向绿波带', band_in: '来向绿波带', band: (width, share) => `${width} · ${share}`, bands_of: (period) => `${period}方案的绿波带`, no_bands: '无绿波带', now: '正在运行',
  stages: { draft: '草稿', checked: '已检查', simulated: '已仿真', approved: '已批准', scheduled: '已排期', pushed: '已下发', verified: '已核实', retired: '已停用' },
  compute: '计算方案', for_period: '时段', why: '原因', why_default: '重新优化', start: '计算', computing: '正在计算并仿真方案', ready: '方案已就绪', open_it: '打开', failed: (why) => `未能得出方案:${why}`, lost: '服务无应答。', called_off: '已取消',
}
export const words = texts({ en, zh })
