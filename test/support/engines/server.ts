import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import type { ServerAccount, ServerSource } from './types.js'
import { reachableBin, type SystemUser, serverUser } from './unprivileged.js'

/** A server that runs as a child of this process. */
export interface RunningServer {
  readonly account: ServerAccount
  readonly pid: number
  /** Ends the server without ceremony, as its data are thrown away, and resolves when it is gone. */
  stop(): Promise<void>
}

/** What the starts of servers leave, and what must not outlive this process. */
export interface Leftovers {
  /** Every child that has not ended yet. */
  readonly children: Set<ChildProcess>
  /** Makes a folder for programs: memory, where data may be, often forbids to execute what it holds. */
  makeProgramFolder(): string
}

const username = 'sm2kit'
const startTimeoutMs = 90_000

/**
 * Makes a new, empty server in `folder` and starts it, on 127.0.0.1 only.
 *
 * Nothing is ever flushed to disk: the tests kill clients, never servers, and the data go with the run.
 */
export async function startServer(
  source: Exclude<ServerSource, { kind: 'running' }>,
  folder: string,
  password: string,
  leftovers: Leftovers,
): Promise<RunningServer> {
  const user = serverUser(source.kind === 'postgres' ? 'postgres' : 'mysql')
  mkdirSync(folder, { mode: 0o700 })
  giveTo(folder, user)
  const place: Place = { folder, user, password, leftovers }
  return source.kind === 'postgres' ? startPostgres(source, place) : startMariadb(source, place)
}

interface Place {
  readonly folder: string
  readonly user: SystemUser | undefined
  readonly password: string
  readonly leftovers: Leftovers
}

async function startPostgres(
  source: Extract<ServerSource, { kind: 'postgres' }>,
  place: Place,
): Promise<RunningServer> {
  const data = join(place.folder, 'data')
  const bin = reachableBin(dirname(source.postgres), place.user, place.leftovers.makeProgramFolder)
  const passwordFile = secretFile(place, 'password', `${place.password}\n`)
  await run(place, join(bin, basename(source.initdb)), [
    `--pgdata=${data}`,
    `--username=${username}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ])
  rmSync(passwordFile)

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '32MB',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_wal_size: '96MB',
    // The log holds statements that failed, with their values; the line that says "ready" is all we need of it.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { port, server } = await launchOnFreePort('database system is ready to accept connections', (port) =>
    launch(place, join(bin, basename(source.postgres)), ['-D', data, '-p', String(port), ...flags]),
  )
  return {
    account: { host: '127.0.0.1', port, username, password: place.password, maintenanceDatabase: 'postgres' },
    pid: server.pid,
    // SIGQUIT: the postmaster ends its children and itself at once, without a checkpoint.
    stop: () => server.end('SIGQUIT'),
  }
}

async function startMariadb(
  source: Extract<ServerSource, { kind: 'mariadb' }>,
  place: Place,
): Promise<RunningServer> {
  const data = join(place.folder, 'data')
  await run(place, source.install, [
    '--no-defaults',
    `--datadir=${data}`,
    // Root can then be reached through the private socket alone; the tests' account is made below.
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
    '--skip-name-resolve',
    '--debug-no-sync=1',
  ])
  const quoted = place.password.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  const account = `'${username}'@'127.0.0.1'`
  const initFile = secretFile(
    place,
    'init.sql',
    `CREATE OR REPLACE USER ${account} IDENTIFIED BY '${quoted}';\nGRANT ALL ON *.* TO ${account} WITH GRANT OPTION;\n`,
  )

  const flags = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(place.folder, 'socket')}`,
    `--pid-file=${join(place.folder, 'pid')}`,
    `--tmpdir=${place.folder}`,
    `--init-file=${initFile}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--max-connections=300',
    '--max-connect-errors=1000000',
    '--character-set-server=utf8mb4',
    '--innodb-buffer-pool-size=64M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-doublewrite=0',
    '--debug-no-sync=1',
  ]
  const { port, server } = await launchOnFreePort('ready for connections', (port) =>
    launch(place, source.mariadbd, [...flags, `--port=${port}`]),
  )
  rmSync(initFile)
  return {
    account: { host: '127.0.0.1', port, username, password: place.password, maintenanceDatabase: 'mysql' },
    pid: server.pid,
    stop: () => server.end('SIGKILL'),
  }
}

function giveTo(path: string, user: SystemUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid)
}

function secretFile(place: Place, name: string, text: string): string {
  const path = join(place.folder, name)
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  chmodSync(path, 0o600)
  giveTo(path, place.user)
  return path
}

interface Launched {
  readonly pid: number
  /** Resolves when the process has written `text`, rejects when it ends before. */
  says(text: string): Promise<void>
  end(signal: NodeJS.Signals): Promise<void>
  readonly ended: Promise<number | null>
  /** The last that it wrote, without the password. */
  output(): string
}

function launch(place: Place, command: string, args: readonly string[]): Launched {
  const child = spawn(command, args, {
    ...place.user,
    cwd: place.folder,
    // A process group of its own: what it starts can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the caller's environment: PGDATA, PGPORT and their like would change the server.
    env: { PATH: process.env['PATH'], HOME: place.folder, TMPDIR: place.folder, LC_ALL: 'C' },
  })
  place.leftovers.children.add(child)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('exit', (code) => {
      place.leftovers.children.delete(child)
      resolve(code)
    })
    child.once('error', reject)
  })
  // Who waits decides what a failure means; unobserved it must not bring the keeper down.
  ended.catch(() => undefined)

  let written = ''
  const listeners = new Set<() => void>()
  const listen = (chunk: Buffer): void => {
    written = (written + chunk.toString('utf8')).slice(-20_000)
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', listen)
  child.stderr.on('data', listen)
  const output = (): string => written.replaceAll(place.password, '***').split('\n').slice(-12).join('\n')

  return {
    pid: child.pid ?? 0,
    ended,
    output,
    says: (text) =>
      new Promise((resolve, reject) => {
        const fail = (what: string): void =>
          reject(new Error(`${basename(command)} ${what}. It wrote last:\n${output()}`))
        const timer = setTimeout(() => fail(`was not ready after ${startTimeoutMs} ms`), startTimeoutMs)
        const look = (): void => {
          if (!written.includes(text)) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
        ended.then(
          (code) => fail(`ended with code ${code} before it was ready`),
          (error: unknown) => fail(`could not be started (${String(error)})`),
        )
      }),
    end: async (signal) => {
      child.kill(signal)
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
      await ended
      clearTimeout(timer)
    },
  }
}

async function run(place: Place, command: string, args: readonly string[]): Promise<void> {
  const launched = launch(place, command, args)
  const code = await launched.ended
  if (code !== 0)
    throw new Error(`${basename(command)} ended with code ${code}. It wrote last:\n${launched.output()}`)
}

/** Another process may take a free port before the server does: the server then ends, and gets another port. */
async function launchOnFreePort(
  ready: string,
  start: (port: number) => Launched,
): Promise<{ readonly port: number; readonly server: Launched }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const server = start(port)
    try {
      await server.says(ready)
      return { port, server }
    } catch (error) {
      await server.end('SIGKILL').catch(() => undefined)
      if (attempt === 3) throw error
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
