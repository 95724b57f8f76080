// Runs the `greenwave` command in this process and keeps what it says.
import { Writable } from 'node:stream'
import { main } from '../cli/main.ts'

class Kept extends Writable {
  text = ''

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

export async function runCommand(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [new Kept(), new Kept()]
  const code = await main(words, out, err, new AbortController().signal)
  return { code, out: out.text, err: err.text }
}
