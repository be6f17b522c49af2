import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { bundleScript } from './bundle.js'

/** How one child process ended. */
export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Whether it was killed because `timeoutMs` had passed. */
  readonly timedOut: boolean
}

/** A TypeScript script to run as plain Node, bundled by `bundleScript`. */
interface ProcessOptions {
  /** Absolute path or file URL. */
  readonly script: string | URL
  readonly args?: readonly string[]
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** After this the process is killed; 60 000 unless given. */
  readonly timeoutMs?: number
}

/** Many processes of one script. Each finds its number, from 0, in the variable `PROCESS_INDEX`. */
export interface ProcessesOptions extends ProcessOptions {
  readonly count: number
}

/**
 * Runs `count` processes of a script at once and waits for all of them.
 *
 * A script that calls `arriveAtBarrier` waits there until every other process has arrived or ended.
 *
 * @returns One result for each process, in the order of their numbers; never rejects because one has failed.
 */
export async function runProcesses(options: ProcessesOptions): Promise<readonly ProcessResult[]> {
  const children = await Promise.all(
    Array.from({ length: options.count }, (_, index) =>
      start({ ...options, env: { ...options.env, PROCESS_INDEX: String(index) } }),
    ),
  )
  await Promise.all(children.map(({ readyOrEnded }) => readyOrEnded))
  for (const child of children) child.release()
  return Promise.all(children.map(({ result }) => result))
}

/** One process of a script, and when it is to be killed. */
export interface KillOptions extends ProcessOptions {
  readonly delayMs: number
  /** What `delayMs` counts from: the process's start (unless given), or its arrival at `arriveAtBarrier`. */
  readonly from?: 'start' | 'barrier'
}

/**
 * Runs a script and ends it with SIGKILL, as the lack of memory or an impatient operator would.
 *
 * @returns How it ended: with `signal` `SIGKILL`, or by itself if it was faster.
 */
export async function killAt(options: KillOptions): Promise<ProcessResult> {
  const child = await start(options)
  if (options.from === 'barrier') await child.readyOrEnded
  child.release()
  await Promise.race([sleep(options.delayMs), child.result])
  child.kill()
  return child.result
}

interface Started {
  readonly readyOrEnded: Promise<void>
  readonly result: Promise<ProcessResult>
  release(): void
  kill(): void
}

async function start({ script, args = [], env = {}, timeoutMs = 60_000 }: ProcessOptions): Promise<Started> {
  const child = spawn(process.execPath, [await bundleScript(script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const result = resultOf(child, timeoutMs)
  const ready = new Promise<void>((resolve) => child.once('message', () => resolve()))
  return {
    result,
    readyOrEnded: Promise.race([ready, result.then(() => undefined)]),
    release: () => {
      // A script without a barrier, or one that has ended, has nobody at the other end.
      if (child.connected) child.send('start', () => undefined)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function resultOf(child: ChildProcess, timeoutMs: number): Promise<ProcessResult> {
  return new Promise((resolve, reject) => {
    const output = { stdout: '', stderr: '' }
    let timedOut = false
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.once('error', reject)
    // 'close' and not 'exit': only then has all output arrived.
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, ...output, timedOut })
    })
  })
}
