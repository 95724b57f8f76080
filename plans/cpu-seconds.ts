/** CPU seconds of this process, all its threads, since `process.cpuUsage()` was asked. */
export function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}
