// What the service says in English, for those who read Chinese: by the code of the error, and closer where the sentence is one that a plan meets on its
// way. The sentence itself stays beside it, because place and value are in it. A code that is added and missing here does not compile. Pure.
import type { ErrorCode } from '../../model/errors.ts'

const BY_CODE: Record<ErrorCode, string> = {
  'usage': '用法不正确。', 'usage.unknown-command': '没有此命令。', 'input.unreadable': '无法读取输入。', 'input.empty': '输入为空。', 'input.format': '无法识别格式。', 'input.truncated': '输入不完整，末尾缺失。', 'input.syntax': '输入有语法错误。', 'input.value': '某个值不正确。',
  'input.duplicate': '编号重复。', 'input.reference': '引用的对象不存在。', 'network.signal': '信号灯数据不完整。', 'feed.unreachable': '无法连接数据源。', 'corridor.unknown': '没有此干线。', 'corridor.disconnected': '干线不连续。', 'period.unknown': '没有此时段。',
  'plan.infeasible': '没有满足全部规则的方案。', 'plan.refused': '方案违反规则，不予放行。', 'band.unconfirmed': '绿波带未得到验证：求解器与校核程序不一致。', 'plan.stage': '方案所处阶段不允许此步骤。', 'plan.altered': '方案的记录与内容不符，不可信。',
  'request.malformed': '请求格式不正确。', 'request.unauthenticated': '请先登录。', 'request.forbidden': '您没有此权限。', 'request.unknown': '没有找到。', 'request.method': '不支持此操作。', 'request.too-slow': '请求发送过慢。', 'request.too-large': '内容过大。', 'request.media': '不支持此内容类型。', 'request.invalid': '内容不符合要求。', 'request.version-missing': '缺少版本信息。', 'request.too-many': '请求过多，请稍候。',
  'idempotency.missing': '请求缺少唯一标识。', 'idempotency.other': '同一标识已用于另一请求。', 'idempotency.running': '同一请求仍在处理。', 'login.unreachable': '无法连接登录服务。',
  'store.conflict': '他人已先修改；请查看后再试。', 'store.unreachable': '无法连接数据库。', 'store.locked': '数据库被另一进程占用。', 'store.full': '数据库磁盘已满。', 'store.version': '数据库版本与本程序不符。', 'store.unfit': '数据库缺少所需功能。', 'store.broken': '数据库已损坏，请重新启动。', 'stream.unreachable': '无法连接消息系统。', 'stream.unfit': '消息系统的设置不符。',
  'batch.other': '同名数据批次的内容不同。', 'controller.unreachable': '信号机无法联系。', 'controller.refused': '信号机拒绝；其内容保持不变。', 'controller.malformed': '信号机的应答不符合协议。', 'controller.unfit': '信号机无法容纳此方案。', 'controller.busy': '信号机正由另一次下发占用。', 'deployment.state': '此次下发的状态不允许该操作。', 'job.ended': '任务已结束。',
  'service.starting': '服务正在启动。', 'service.unfit': '服务无法运行。', 'service.stopping': '服务正在停止。', 'service.busy': '服务繁忙，请稍后再试。', 'service.elsewhere': '此请求由另一进程处理。', 'internal': '内部错误。',
}

export const CHINESE_STAGES = { draft: '草案', checked: '已校核', simulated: '已仿真', approved: '已批准', scheduled: '已排程', pushed: '已下发', verified: '已验证', retired: '已停用' } as const
export const CHINESE_ROLES = { viewer: '查看者', engineer: '工程师', approver: '审批人', administrator: '管理员' } as const
const stage = (id: string): string => CHINESE_STAGES[id as keyof typeof CHINESE_STAGES] ?? id
const role = (id: string): string => CHINESE_ROLES[id as keyof typeof CHINESE_ROLES] ?? id
const also = (more: string | undefined): string => (more === undefined ? '' : `（另有 ${more} 项）`)
const MORE = String.raw`(?: \(and (\d+) more\))?`

const CLOSER: readonly (readonly [RegExp, (...parts: string[]) => string])[] = [
  [/ needs the role (\w+); (.+) has the role (\w+)$/, (least, name, own) => `需要“${role(least!)}”角色；${name}的角色是“${role(own!)}”。`],
  [/ needs a person; greenwave does not do it by itself$/, () => '此步骤须由人完成，本系统不自行执行。'],
  [/^plan "[^"]+" is (\w+); only what was approved and not retired is sent to controllers$/, (at) => `方案处于“${stage(at!)}”阶段；只有已批准且未停用的方案才下发到信号机。`],
  [/^plan "[^"]+" is (\w+) and cannot become (\w+); (?:nothing follows|next comes (.+))$/, (at, to, next) => `方案处于“${stage(at!)}”阶段，不能变为“${stage(to!)}”${next === undefined || next === '' ? '；此后没有步骤' : `；下一步为${next.split(' or ').map((one) => `“${stage(one)}”`).join('或')}`}。`],
  [/ wrote plan "[^"]+" or a part of it; somebody else must approve it$/, () => '编制人不能批准自己编制的方案，须由他人批准。'],
  [new RegExp(String.raw`^"([^]+)" is worse off than the limit allows, and the approval does not name it${MORE}$`), (loser, more) => `“${loser}”变差超过限值，批准时须点名接受${also(more)}。`],
  [new RegExp(String.raw`^"([^]+)" is worse off than the limit allows; a person must decide${MORE}$`), (loser, more) => `“${loser}”变差超过限值，须由人决定${also(more)}。`],
  [/^the traffic stood still in (\d+) of (\d+) runs, with the plan running now in (\d+)/, (after, of, before) => `${of} 次仿真中有 ${after} 次交通锁死，现行方案为 ${before} 次；不得更多。`],
  [/^plan "[^"]+" was approved on version (\d+) of the network, which is at version (\d+)/, (was, is) => `方案按路网第 ${was} 版批准，路网现为第 ${is} 版；请重新编制。`],
  [/^plan "[^"]+" is at version (\d+), not (\d+)$/, (is, seen) => `方案已是第 ${is} 版，您看到的是第 ${seen} 版；请查看后再试。`],
  [/^controller (\S+) was not seen to follow within (\d+) s$/, (device, limit) => `信号机 ${device} 的灯色未在 ${limit} 秒内跟随。`],
  [/^controller (\S+) is being written by another deployment$/, (device) => `信号机 ${device} 正由另一次下发写入。`],
  [/^controller (\S+) was changed by somebody else since it was checked$/, (device) => `检查之后信号机 ${device} 被他人改动。`],
  [/^signal "([^"]+)" of plan "[^"]+" has no controller that may be written to/, (signal) => `路口 ${signal} 没有可写入的信号机；干线须整体更换。`],
  [/^the run ended, because controller (\S+) does not follow$/, (device) => `信号机 ${device} 未跟随，本次下发终止。`],
  [/^level (\d) of (\d) was reached/, (level, of) => `验证到第 ${level} 级，需要第 ${of} 级。`],
  [/; it holds and runs what it did before$/, () => '信号机内容与运行均与之前一致。'],
  [/it is (\w+) and runs slot (\d+)$/, (_mode, slot) => `信号机运行方案号 ${slot}。`],
  [/its plan was changed (\d+) s ago; at least (\d+) s lie between changes$/, (ago, least) => `${ago} 秒前刚更换方案；两次更换至少相隔 ${least} 秒。`],
  [/it is within two cycles \((\d+) s\) of a change of the schedule$/, (edge) => `距时间表切换不足两个周期（${edge} 秒）。`],
  [/its cycle is ([\d.]+ s), that of the corridor ([\d.]+ s); cycles are equal, half or double$/, (own, common) => `其周期为 ${own}，干线为 ${common}；周期须相等、减半或加倍。`],
  [/^deployment "[^"]+" runs now$/, () => '已由新的下发取代。'],
]

/** undefined where nothing is known but that there is a sentence. */
export function chineseOf(sentence: string, code?: string): string | undefined {
  for (const [pattern, tell] of CLOSER) {
    const found = pattern.exec(sentence)
    if (found !== null) return tell(...found.slice(1))
  }
  return code === undefined ? undefined : BY_CODE[code as ErrorCode]
}

/** What was done, by the action of the audit. */
export const CHINESE_ACTIONS: Readonly<Record<string, string>> = {
  'plan.draft': '编制', 'plan.edit': '修改', 'plan.check': '校核', 'plan.simulate': '仿真', 'plan.approve': '批准', 'plan.schedule': '排程', 'plan.push': '下发', 'plan.verify': '验证', 'plan.retire': '停用',
  'deployment.draft': '开始下发', 'deployment.checks-passed': '检查通过', 'deployment.check-failed': '检查未通过', 'deployment.approved': '可以下发', 'deployment.withdrawn': '未下发即撤回', 'deployment.locked': '开始写入', 'deployment.acknowledged': '信号机已应答', 'deployment.read-back': '已存储并回读', 'deployment.not-read-back': '回读不一致',
  'deployment.doubted': '写入存疑', 'deployment.arming': '预约切换', 'deployment.activated': '待切换', 'deployment.reached': '灯色跟随', 'deployment.differs': '灯色不一致', 'deployment.leased': '按租约运行', 'deployment.renewing': '正在续约', 'deployment.renewed': '已续约', 'deployment.made-permanent': '长期运行',
  'deployment.rolling-back': '正在回退', 'deployment.rolled-back': '已回退', 'deployment.fell-back': '自行恢复', 'deployment.contact-lost': '失去联系', 'deployment.still-lost': '仍无法联系', 'deployment.failed': '失败', 'deployment.superseded': '被取代', 'override.give': '为规则负责',
}
