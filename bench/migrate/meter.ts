/**
 * Preloaded into each process that is measured: at its end, what it has cost goes to file descriptor 3.
 *
 * With `BENCH_STATEMENTS=1` what is sent to the driver is counted as well, the pragmas and transactions that no log of
 * Sequelize's shows among it; such a process is not timed.
 */
import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'

interface Driver {
  readonly Database: { readonly prototype: Record<string, (...args: unknown[]) => unknown> }
}

let statements = 0

if (process.env['BENCH_STATEMENTS'] === '1') {
  const { Database } = createRequire(process.argv[1] ?? '')('sqlite3') as Driver
  for (const name of ['run', 'all', 'get', 'each', 'exec']) {
    const original = Database.prototype[name]
    if (original === undefined) throw new TypeError(`The driver has no method "${name}"`)
    Database.prototype[name] = function (...args) {
      statements += 1
      return original.apply(this, args)
    }
  }
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  writeSync(3, JSON.stringify({ cpuMs: (user + system) / 1000, statements }))
})
