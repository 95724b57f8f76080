// What playback says.
import { texts } from '../words/language.ts'

const en = {
  title: 'Playback', before: 'Before', after: 'After', running: 'timing that runs now', plan: 'Plan', choose: 'Which plan', none: 'no plan, only what runs now', seed: 'Seed', play: 'Play', pause: 'Pause', speed: 'Speed', times: (n: string) => `${n}×`, back: 'Back 10 s', on: 'On 10 s', first: 'To the beginning',
  time: 'Time', scrub: 'Instant of the run', loading: 'Reading streets and demand …', simulating: (percent: string) => `simulating: ${percent} %`, ready: 'whole run simulated', waiting_for: 'waits for the simulation', gridlock: (where: string) => `The traffic locked up: ${where}`, full: 'So many vehicles fill the memory of this page: the run is kept until here.', failed: 'The run could not be made.',
  one_run: (seed: string, from: string, until: string) => `One run, seed ${seed}, vehicles that set off ${from}–${until}: not the evaluation, which is the mean of many runs.`, same_drivers: 'Both sides have the same vehicles with the same drivers at the same times.',
  totals: { arrived: 'arrived', stops: 'stops per vehicle', lost_s: 'time lost per vehicle', driving: 'on the road', standing: 'standing now', waiting: 'waiting to enter' },
  lost_hint: 'against everybody\'s own desired speed, so far', difference: (d: string) => `${d} against before`,
  follow: 'Follow vehicle', follow_none: 'none', vehicle: (n: string) => `Vehicle ${n}`, nowhere: { 'not-yet': 'has not set off yet', 'waiting': 'waits to enter', 'before': 'left before the picture begins' }, arrived: 'has arrived', car_stops: (n: string, s: string) => `${n} stops, ${s} s lost`, unfollow: 'Stop following', follow_hint: 'Click a vehicle to follow it on both sides.',
  legend: { moves: 'moves', stands: 'stands', queue: 'standing queue', red: 'red', yellow: 'yellow', green: 'green', yields: 'green, yields' }, chart: 'Vehicles standing, before and after', pane: (side: string) => `${side}: streets with vehicles`,
  lost: 'The service does not answer.', fit: 'Whole street', zoom_in: 'Zoom in', zoom_out: 'Zoom out', version: (n: string) => `Version ${n} of the network.`, rows: 'one above the other', of_corridor: (cycle: string) => `cycle ${cycle} s`,
  on_map: 'Simulated vehicles', side: 'Shown', now_there: (driving: string, standing: string) => `${driving} on the road, ${standing} standing`, side_by_side: 'Side by side', key: 'Key', one_seed: (seed: string) => `one run, seed ${seed}`,
}

const zh: typeof en = {
  title: '仿真回放', before: '之前', after: '之后', running: '当前运行的配时', plan: '方案', choose: '选择方案', none: '无方案，仅当前配时', seed: '种子', play: '播放', pause: '暂停', speed: '速度', times: (n) => `${n}×`, back: '后退 10 秒', on: '前进 10 秒', first: '回到开头',
  time: '时间', scrub: '仿真时刻', loading: '正在读取路网与需求……', simulating: (percent) => `正在仿真：${percent} %`, ready: '全程已仿真', waiting_for: '等待仿真', gridlock: (where) => `交通锁死：${where}`, full: '车辆过多，页面内存已满：只保留到此处。', failed: '无法进行仿真。',
  one_run: (seed, from, until) => `单次仿真，种子 ${seed}，统计 ${from}–${until} 出发的车辆；并非评价结果，评价为多次仿真的均值。`, same_drivers: '两侧车辆、驾驶人和出发时刻完全相同。',
  totals: { arrived: '已到达', stops: '车均停车次数', lost_s: '车均损失时间', driving: '路上车辆', standing: '当前停驶', waiting: '等待驶入' },
  lost_hint: '截至此刻，相对各自期望速度', difference: (d) => `较之前 ${d}`,
  follow: '跟踪车辆', follow_none: '无', vehicle: (n) => `车辆 ${n}`, nowhere: { 'not-yet': '尚未出发', 'waiting': '等待驶入', 'before': '在画面开始前已离开' }, arrived: '已到达', car_stops: (n, s) => `停车 ${n} 次，损失 ${s} 秒`, unfollow: '停止跟踪', follow_hint: '点击车辆，可在两侧同时跟踪。',
  legend: { moves: '行驶', stands: '停驶', queue: '静止排队', red: '红灯', yellow: '黄灯', green: '绿灯', yields: '绿灯让行' }, chart: '停驶车辆数：之前与之后', pane: (side) => `${side}：道路与车辆`,
  lost: '服务无应答。', fit: '全路', zoom_in: '放大', zoom_out: '缩小', version: (n) => `路网版本 ${n}。`, rows: '上下排列', of_corridor: (cycle) => `周期 ${cycle} 秒`,
  on_map: '仿真车辆', side: '显示', now_there: (driving, standing) => `路上 ${driving} 辆，停驶 ${standing} 辆`, side_by_side: '并排对比', key: '图例', one_seed: (seed) => `单次仿真，种子 ${seed}`,
}

export const words = texts({ en, zh })
