import { type ChildProcess, spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { bundleScript } from '../support/bundle.js'
import { childEnv, type TestDatabase } from '../support/engines/index.js'

/** What an application met. */
export interface Served {
  readonly statements: number
  readonly errors: readonly string[]
  readonly longestMs: number
  /** The statement that took so long. */
  readonly longest: string
}

/** A process that reads and writes all the time. */
export interface Application {
  /** Gives it other statements; returns when each of them has been served. `:id` is one of the rows, `:new` a number that no row has. */
  deploy(statements: readonly string[]): Promise<void>
  stop(): Promise<Served>
}

/** Starts an application as a process of its own. */
export const startApplication = async (database: TestDatabase, rows: number): Promise<Application> => {
  const child = spawn(
    process.execPath,
    [await bundleScript(new URL('./application.script.ts', import.meta.url))],
    {
      env: { ...process.env, ...childEnv(database), APPLICATION: JSON.stringify({ users: 3, rows }) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  await told(child)
  return {
    async deploy(statements) {
      child.send(statements)
      await told(child)
    },
    async stop() {
      child.send('stop')
      return (await told(child)) as Served
    },
  }
}

/** The next message of the child; rejects when it ends before. */
const told = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the application has ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message)
    })
  })
