/**
 * Preloaded into each process that is measured: at its end, what it has cost goes to file descriptor 3.
 *
 * With `BENCH_STATEMENTS=1` what is sent to the driver is counted as well, the pragmas and transactions that no log of
 * Sequelize's shows among it; such a process is not timed.
 */
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Where each driver takes its statements: a class that it exports, and methods of that. */
const drivers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  sqlite3: ['Database', 'run', 'all', 'get', 'each', 'exec'],
  pg: ['Client', 'query'],
  mysql2: ['Connection', 'query', 'execute'],
}

type Driver = Readonly<
  Record<string, { readonly prototype: Record<string, (...args: unknown[]) => unknown> } | undefined>
>

let statements = 0

if (process.env['BENCH_STATEMENTS'] === '1') {
  const driver = process.env['BENCH_DRIVER'] ?? 'sqlite3'
  const [type = '', ...methods] = drivers[driver] ?? []
  const prototype = (createRequire(process.argv[1] ?? '')(driver) as Driver)[type]?.prototype
  for (const name of methods) {
    const original = prototype?.[name]
    if (prototype === undefined || original === undefined)
      throw new TypeError(`The driver has no method "${name}"`)
    prototype[name] = function (...args) {
      statements += 1
      return original.apply(this, args)
    }
  }
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1000, statements }))
})
