// Work that is done again and again, never twice at once.

export interface Repeated {
  /** Ends the repetition and waits for what runs. */
  stop(): Promise<void>
}

/** At once, and then `every_ms` after each end. What fails is told and tried again. */
export function repeated(work: () => Promise<void>, every_ms: number | (() => number), onError: (error: unknown) => void): Repeated {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void>
  const run = (): void => {
    running = work().catch(onError).then(() => {
      if (!stopped) timer = setTimeout(run, typeof every_ms === 'number' ? every_ms : every_ms())
    })
  }
  run()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
