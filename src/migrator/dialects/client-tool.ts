import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A call of a program of an engine's own. */
export interface ToolCall {
  /** A name to be found in `PATH`, or an absolute path. */
  readonly tool: string
  /** Never a secret: everybody on the machine can read them. */
  readonly args: readonly string[]
  /** A variable of the program's environment, beside those of this process. */
  readonly secret?: { readonly variable: string; readonly value: string }
  /** What the program reads. It ends when this process dies: a program that has work left knows by that. */
  readonly input?: AsyncIterable<string | Uint8Array>
  /** Where to put what it writes. Default: it is returned. */
  readonly output?: Writable
}

/** How a program has ended. */
export interface ToolResult {
  /** Null when a signal has ended it. */
  readonly code: number | null
  readonly output: string
  /** The end of what it has said of errors, on one line. */
  readonly said: string
}

const MOST_SAID = 2_000

// Arguments can be read by everybody, a file may outlive a killed process, and an environment given to Node replaces the
// one that the program would inherit: hence a pipe.
const WITH_SECRET = (variable: string): string =>
  `IFS= read -r ${variable} <&3; export ${variable}; exec 3<&-; exec "$0" "$@"`

/**
 * Runs a program to its end.
 *
 * @throws Whatever its input throws; the program is then ended. An error of Node's, `ENOENT`, when there is no such program.
 */
export const runTool = async ({ tool, args, secret, input, output }: ToolCall): Promise<ToolResult> => {
  const [command, words] =
    secret === undefined ? [tool, args] : ['sh', ['-c', WITH_SECRET(secret.variable), tool, ...args]]
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], windowsHide: true })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const secretPipe = child.stdio[3]
  if (secretPipe instanceof Writable) {
    // A program that could not be started has closed it.
    secretPipe.on('error', () => {})
    secretPipe.end(secret === undefined ? '' : `${secret.value}\n`)
  }
  let [said, text] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    said = (said + more).slice(-MOST_SAID)
  })
  if (output === undefined)
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
  let fault: unknown
  const note = (error: unknown): void => {
    // It has ended before it had read everything: its exit code tells why.
    if (isCode(error, 'EPIPE') || isCode(error, 'ERR_STREAM_PREMATURE_CLOSE')) return
    fault ??= error
    child.kill()
  }
  const written = output === undefined ? undefined : pipeline(child.stdout, output).catch(note)
  const read = pipeline(Readable.from(input ?? []), child.stdin).catch(note)
  const code = await ended
  await Promise.all([written, read])
  if (fault !== undefined) throw fault
  return { code, output: text, said: said.trim().replaceAll(/\s*\n\s*/gu, '; ') }
}

/** What a program says of its version; undefined when there is no such program. */
export const versionOf = async (tool: string): Promise<string | undefined> => {
  try {
    const { code, output } = await runTool({ tool, args: ['--version'] })
    return code === 0 ? output : undefined
  } catch {
    return undefined
  }
}

/** The folders in a folder whose name fits, each with what stands behind it; none where there is no such folder. */
export const foldersIn = async (folder: string, name: RegExp, behind: string): Promise<readonly string[]> => {
  const names = await readdir(folder).catch(() => [])
  return names.filter((one) => name.test(one)).map((one) => join(folder, one, behind))
}

/** Takes everything and keeps nothing. */
export const nowhere = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => done(),
  })

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
