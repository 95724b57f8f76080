// Passwords, session tokens and keys. What is kept can't be turned back into what was given out.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { hash, verify, type Options } from '@node-rs/argon2'
import { sha256 } from '../../plans/ports/canonical.ts'

export { sha256 }

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const ARGON: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON)

/** Compares against this when the login is unknown, so that an unknown login takes as long as a wrong password. */
const NOBODY = hash(randomBytes(16), ARGON)

export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const right = await verify(stored ?? (await NOBODY), password)
  return right && stored !== undefined
}

export interface NewSecret {
  /** Shown once. */
  secret: string
  /** Kept. */
  hash: string
}

/** 256 random bits. */
export function newToken(): NewSecret {
  const secret = `gws_${randomBytes(32).toString('base64url')}`
  return { secret, hash: sha256(secret) }
}

/** `gwk_<id>_<256 random bits>`: the id finds the key, the rest proves it. */
export function newKey(): NewSecret & { id: string } {
  const id = randomBytes(8).toString('hex')
  const secret = `gwk_${id}_${randomBytes(32).toString('base64url')}`
  return { id, secret, hash: sha256(secret) }
}

export const keyIdOf = (secret: string): string | undefined => /^gwk_([0-9a-f]{16})_[\w-]{43}$/.exec(secret)?.[1]

export function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]
  return left.length === right.length && timingSafeEqual(left, right)
}
