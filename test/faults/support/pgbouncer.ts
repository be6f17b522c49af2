import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestDatabase } from '../../support/engines/index.js'
import { serverUser, temporaryRoot } from '../../support/engines/unprivileged.js'

const path = [process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter)

/** Whether Debian's `pgbouncer` is on this machine. */
export const hasPgbouncer = spawnSync('pgbouncer', ['--version'], { env: { PATH: path } }).error === undefined

/** A pooler in transaction mode, on 127.0.0.1. */
export interface Pooler {
  /** The database as clients of the pooler reach it. */
  readonly spec: TestDatabase['spec']
  stop(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(address),
      )
    })
  })

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Puts a pooler in front of a database. It ends with this process, however that ends. */
export const startPooler = async (database: TestDatabase): Promise<Pooler> => {
  const { spec } = database
  if (spec.dialect !== 'postgres') throw new Error('PgBouncer is for PostgreSQL')
  const user = serverUser('postgres')
  const folder = mkdtempSync(join(temporaryRoot(), 'sm2kit-pgbouncer-'))
  const port = await freePort()
  const config = join(folder, 'pgbouncer.ini')
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`
  const server = `host=${spec.host} port=${spec.port} user=${spec.username} password=${quoted(spec.password)}`
  writeFileSync(
    config,
    [
      '[databases]',
      `${spec.database} = ${server} dbname=${spec.database}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      // Fewer than there are clients: they share.
      'default_pool_size = 5',
      'max_client_conn = 200',
      'ignore_startup_parameters = extra_float_digits',
      '',
    ].join('\n'),
    { mode: 0o600 },
  )
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid)
    chownSync(config, user.uid, user.gid)
    chmodSync(folder, 0o700)
  }
  // The shell waits for the end of its input, which is this process's to keep open.
  const child = spawn('sh', ['-c', 'pgbouncer -q "$1" & pid=$!; read -r _; kill -9 $pid', 'sh', config], {
    env: { PATH: path },
    stdio: ['pipe', 'ignore', 'ignore'],
    ...user,
  })
  const end = new Promise<void>((resolve) => child.once('close', () => resolve()))
  for (let attempt = 0; !(await isListening(port)); attempt += 1) {
    if (attempt > 200) throw new Error('PgBouncer did not begin to listen within 10 s')
    await sleep(50)
  }
  return {
    spec: { ...spec, host: '127.0.0.1', port },
    stop: async () => {
      child.stdin?.end()
      await end
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
