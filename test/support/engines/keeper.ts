// The keeper: one process that owns every server and temporary file of a test run, so that nothing outlives it.
//
// It lives as long as its standard input is open. The operating system closes that pipe when the test runner ends,
// however it ends (kill -9 too): the keeper then ends the servers it has started, removes its folder and exits. A
// server is started when a test first asks for it, so that `npm test -- test/sm2` starts none.

import type { ChildProcess } from 'node:child_process'
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Leftovers, type RunningServer, startServer } from './server.js'
import type { ServerAccount, ServerSource } from './types.js'
import { dataRoot, temporaryRoot } from './unprivileged.js'

const folders: string[] = []
const folder = makeFolder(dataRoot())
const token = randomBytes(24).toString('base64url')
const leftovers: Leftovers = {
  children: new Set<ChildProcess>(),
  makeProgramFolder: () => makeFolder(temporaryRoot()),
}
const servers = new Set<RunningServer>()
const accounts = new Map<string, Promise<ServerAccount & { readonly pid: number }>>()
let sources: readonly ServerSource[] = []

async function account(source: ServerSource): Promise<ServerAccount & { readonly pid: number }> {
  if (source.kind === 'running') return { ...source.account, pid: 0 }
  const server = await startServer(source, join(folder, source.name), newPassword(), leftovers)
  servers.add(server)
  return { ...server.account, pid: server.pid }
}

function makeFolder(root: string): string {
  const path = mkdtempSync(join(root, 'sm2kit-test-'))
  folders.push(path)
  // Others may pass through, as servers run under accounts of their own; the data inside are closed to them.
  chmodSync(path, 0o711)
  return path
}

/** Random, and with every character that has a meaning in a URL, in SQL or in a shell. */
function newPassword(): string {
  return `p@ss:w/ord%41?&#"'\\ $+${randomBytes(9).toString('hex')}`
}

async function finish(): Promise<void> {
  const stopServers = (): Promise<unknown> => Promise.all([...servers].map((server) => server.stop()))
  await stopServers()
  // What is left was still being prepared: initdb and its like, each the leader of a process group of its own.
  for (const { pid } of leftovers.children) if (pid !== undefined) killGroup(pid)
  await Promise.allSettled(accounts.values())
  await stopServers()
  for (const path of folders) {
    rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  process.exit(0)
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // It has just ended by itself.
  }
}

const api = createServer((request, response) => {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    response.writeHead(403).end()
    return
  }
  const source = sources.find(({ name }) => request.url === `/${name}`)
  if (source === undefined) {
    response.writeHead(404).end(`There is no engine at ${request.url}`)
    return
  }
  const found = accounts.get(source.name) ?? account(source)
  accounts.set(source.name, found)
  found.then(
    (value) => response.end(JSON.stringify(value)),
    (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
  )
})

mkdirSync(join(folder, 'files'), { mode: 0o700 })

const input = createInterface({ input: process.stdin })
input.once('line', (line) => {
  sources = JSON.parse(line)
  api.listen(0, '127.0.0.1', () => {
    const address = api.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}`, token, folder })}\n`)
  })
})
input.once('close', () => void finish())
// A Ctrl-C is for the test runner, which then closes the pipe; a plain kill of the keeper ends all as well.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void finish())
// Whoever read our output may be gone first: that is no reason to leave servers behind.
process.stdout.on('error', () => undefined)
