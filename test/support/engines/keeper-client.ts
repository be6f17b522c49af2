import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { bundleScript } from '../bundle.js'
import type { EngineName, KeeperAddress, ServerAccount, ServerSource } from './types.js'

/** A keeper that this process has started. */
export interface Keeper {
  readonly address: KeeperAddress
  readonly pid: number
  /** Ends all of its servers, removes its folder and resolves when it has exited. */
  close(): Promise<void>
}

/** Starts the process that owns the servers; it ends by itself when this process ends, however it ends. */
export async function startKeeper(sources: readonly ServerSource[]): Promise<Keeper> {
  const script = await bundleScript(new URL('./keeper.ts', import.meta.url))
  // A session of its own: a Ctrl-C in the terminal must not end it before the tests that use its servers.
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.stdin.on('error', () => undefined)
  // The first line may hold the passwords of servers that were named by URL: in a pipe nobody else can read it.
  child.stdin.write(`${JSON.stringify(sources)}\n`)
  const address = await new Promise<KeeperAddress>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)))
    child.once('error', reject)
    exited.then(() => reject(new Error('The keeper of the test servers ended before it was ready')))
  })
  return {
    address,
    pid: child.pid ?? 0,
    close: async () => {
      child.stdin.end()
      await exited
    },
  }
}

/** The account on a server, which is started first when nobody has asked for it before. */
export async function askKeeper(
  keeper: KeeperAddress,
  name: EngineName,
): Promise<ServerAccount & { readonly pid: number }> {
  const response = await fetch(`${keeper.url}/${name}`, {
    headers: { authorization: `Bearer ${keeper.token}` },
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`The test server ${name} could not be started: ${body}`)
  return JSON.parse(body)
}
