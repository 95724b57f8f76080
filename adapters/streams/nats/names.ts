// What the streams of greenwave are called on a NATS server, and where a batch goes in them.

export const STREAM = { batches: 'GREENWAVE_FIX', dead: 'GREENWAVE_DEAD', leases: 'GREENWAVE_LEASE' } as const

/** A word of ours as one token of a subject: dots would part it, and nats-server formats names of consumers, so that per cent signs come back as something else. */
export const tokenOf = (word: string): string => encodeURIComponent(word).replaceAll('.', '%2E').replaceAll('*', '%2A').replaceAll('%', '=')
export const wordOf = (token: string): string => decodeURIComponent(token.replaceAll('=', '%'))

/** Batches of a feed. A network is an area: it has one consumer, so that all fixes of its vehicles come to one matcher, in their order. */
export const batchSubject = (network: string, feed: string): string => `fix.${tokenOf(network)}.${tokenOf(feed)}`
export const networkFilter = (network: string): string => `fix.${tokenOf(network)}.*`
export const consumerName = (network: string): string => `fix-${tokenOf(network)}`
/** Where the process that has a network is asked for its state of now. */
export const liveSubject = (network: string): string => `live.${tokenOf(network)}`
export const deadSubject = (network: string, feed: string): string => `dead.fix.${tokenOf(network)}.${tokenOf(feed)}`

/** The network and feed of a subject of batches; undefined for others. */
export function feedOfSubject(subject: string): { network: string; feed: string } | undefined {
  const [fix, network, feed, ...more] = subject.split('.')
  if (fix !== 'fix' || network === undefined || feed === undefined || more.length > 0) return undefined
  try {
    return { network: wordOf(network), feed: wordOf(feed) }
  } catch {
    // Anybody may publish beside us, also what is no token of ours.
    return undefined
  }
}

/** Headers of a batch. */
export const HEADER = {
  /** Its name, unique within its feed. */
  batch: 'Greenwave-Batch',
  /** Who waits for what became of it. */
  answer: 'Greenwave-Answer',
  /** Of dead letters: the code and the sentence. */
  code: 'Greenwave-Code',
  cause: 'Greenwave-Cause',
} as const

/** JetStream drops a message whose id it has seen lately. */
export const messageId = (feed: string, batch: string): string => JSON.stringify([feed, batch])
