import { type ChildProcess, spawn } from 'node:child_process'
import { bundleScript } from '../../support/bundle.js'

/** How a child ended. */
export interface ChildEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A child whose script calls `arriveAtBarrier` at the moment that matters, and then waits for `release`. */
export interface HeldChild {
  /** Resolves when the child has arrived; rejects with its words when it ends before. */
  readonly arrived: Promise<void>
  readonly end: Promise<ChildEnd>
  release(): void
  kill(): void
}

const children = new Set<ChildProcess>()

/** Starts a script that stays at its barrier until it is told to go on, or killed. */
export const startHeld = async (script: URL, env: Readonly<Record<string, string>>): Promise<HeldChild> => {
  const child = spawn(process.execPath, [await bundleScript(script)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const end = new Promise<ChildEnd>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      children.delete(child)
      resolve({ exitCode, signal, ...output })
    })
  })
  const arrived = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    end.then(({ stderr }) => reject(new Error(`the child ended before its barrier: ${stderr}`)), reject)
  })
  return {
    arrived,
    end,
    release: () => {
      if (child.connected) child.send('start', () => undefined)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Ends what a failed test has left. */
export const killHeld = (): void => {
  for (const child of children) child.kill('SIGKILL')
}
