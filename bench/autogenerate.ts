/**
 * What comparing models with a database costs: `npm run bench:autogenerate`, beside Alembic on SQLite; with `-- --check` it fails past
 * the limits. `--only=<part of a scenario's name>` and `--rounds=<n>` shorten it. `--postgres=<url>` and `--mariadb=<url>` name empty
 * databases in which tables may be made, for the same on a server.
 *
 * Whole processes: `migrator.differences()` on plain Node with sm2kit from a fresh build, `compare_metadata()` of Alembic on Python,
 * and a process that defines the same models and only connects. CPU is user and system time of the process, the server's work is not in
 * it. They take turns, and the median of the ratios within one round counts.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { makeApplication } from './installed.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = new Map(
  process.argv.slice(2).map((argument): [string, string] => {
    const [name = '', ...value] = argument.split('=')
    return [name, value.join('=')]
  }),
)
const cache = join(root, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'sm2kit-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

/**
 * `respelled`: the models are as the database is, but none of its tables was made by the statements of `sync()`: names stand in other
 * quotes there, as in what people write and other tools make.
 */
type Variant = 'same' | 'respelled' | 'changed'

const LABELS: Readonly<Record<Variant, string>> = {
  same: 'unchanged',
  respelled: 'unchanged, made by other statements',
  changed: '5 % differ',
}

interface Place {
  readonly label: string
  readonly driver: string
  /** Where one tool's tables are. */
  readonly of: (tool: 'sm2kit' | 'alembic', count: number, variant: Variant) => string
  readonly isServer: boolean
}

interface Cost {
  readonly cpuMs: number
  readonly wallMs: number
  readonly statements: number
  readonly said: string
}

const MOST_STATEMENTS = 20
/** Of Alembic's CPU, at 1,000 tables that are as they should be. */
const MOST_CPU = 0.35

const script = (name: string): string => join(folder, `${name}.mjs`)
const peer = join(root, 'bench', 'autogenerate', 'peer.py')

/** A Python that has Alembic, and which. */
function findAlembic(): { readonly python: string; readonly version: string } | undefined {
  for (const python of ['python3', '/usr/bin/python3'])
    try {
      const code =
        'import alembic, sqlalchemy; print(alembic.__version__ + ", SQLAlchemy " + sqlalchemy.__version__)'
      const version = execFileSync(python, ['-c', code], { stdio: ['ignore', 'pipe', 'ignore'] })
      return { python, version: version.toString().trim() }
    } catch {
      // Not this one.
    }
  return undefined
}

async function run(command: readonly string[], driver: string, isCounting: boolean): Promise<Cost> {
  const [program = '', ...args] = command
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    BENCH_DRIVER: driver,
    BENCH_STATEMENTS: isCounting ? '1' : '0',
  }
  const startedAt = performance.now()
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const [[code], said, errors, metered] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ])
  const wallMs = performance.now() - startedAt
  if (code !== 0) throw new Error(`A process ended with ${code}: ${errors}`)
  const { cpuMs, statements } = JSON.parse(metered) as { cpuMs: number; statements: number }
  return { cpuMs, wallMs, statements, said }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
const range = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)})`

const alembic = findAlembic()
const failures: string[] = []

type Task = 'make' | 'drop' | 'connect' | 'compare'
const ours = (task: Task, { of, driver }: Place, count: number, variant: Variant, isCounting = false) =>
  run(
    [
      process.execPath,
      '--import',
      script('meter'),
      script('sm2kit'),
      task,
      of('sm2kit', count, variant),
      `${count}`,
      variant,
    ],
    driver,
    isCounting,
  )
const theirs = (task: 'make' | 'compare', python: string, { of }: Place, count: number, variant: Variant) =>
  run([python, peer, task, of('alembic', count, variant), `${count}`, variant], '', false)

async function runScenario(place: Place, count: number, variant: Variant): Promise<void> {
  const python = place.isServer ? undefined : alembic?.python
  const name = `${place.label}, ${count} tables, ${LABELS[variant]}`
  if (!name.includes(options.get('--only') ?? '')) return
  const rounds = Number(options.get('--rounds') ?? (count === 1000 ? 5 : 7))
  const wanted = variant === 'changed' ? Math.ceil(count / 20) : 0
  const check = (tool: string, { said }: Cost): void => {
    if (said !== String(wanted)) throw new Error(`${name}: ${tool} finds ${said} differences, not ${wanted}`)
  }
  const counted = await ours('compare', place, count, variant, true)
  check('sm2kit', counted)
  const peerCounted =
    python === undefined ? undefined : await theirs('compare', python, place, count, variant)
  if (peerCounted !== undefined) check('Alembic', peerCounted)

  const costs = { sm2kit: [] as Cost[], connect: [] as Cost[], alembic: [] as Cost[] }
  for (let round = 0; round < rounds; round += 1) {
    const turns = [
      async () => costs.sm2kit.push(await ours('compare', place, count, variant)),
      async () => costs.connect.push(await ours('connect', place, count, variant)),
      async () =>
        python === undefined || costs.alembic.push(await theirs('compare', python, place, count, variant)),
    ]
    for (let turn = 0; turn < turns.length; turn += 1) await turns[(round + turn) % turns.length]?.()
  }
  const ratios = (others: readonly Cost[], what: 'cpuMs' | 'wallMs'): number[] =>
    others.map((other, round) => (costs.sm2kit[round]?.[what] ?? Number.NaN) / other[what])

  console.log(`\n${name} (${rounds} rounds)`)
  if (peerCounted !== undefined) {
    console.log(`  CPU, of Alembic's            ${range(ratios(costs.alembic, 'cpuMs'))}`)
    console.log(`  wall time, of Alembic's      ${range(ratios(costs.alembic, 'wallMs'))}`)
  }
  console.log(`  CPU, of connecting alone     ${range(ratios(costs.connect, 'cpuMs'))}`)
  console.log(
    `  statements                   ${counted.statements}${peerCounted === undefined ? '' : ` (Alembic's: ${peerCounted.statements})`}`,
  )
  if (variant === 'changed') return
  if (counted.statements > MOST_STATEMENTS)
    failures.push(`${name}: ${counted.statements} statements; the limit is ${MOST_STATEMENTS}`)
  const cpu = median(ratios(costs.alembic, 'cpuMs'))
  if (variant === 'same' && count === 1000 && cpu > MOST_CPU)
    failures.push(`${name}: ${cpu.toFixed(2)} of Alembic's CPU; the limit is ${MOST_CPU}`)
}

makeApplication(root, folder, [
  join(root, 'bench', 'migrate', 'meter.ts'),
  join(root, 'bench', 'autogenerate', 'sm2kit.ts'),
])
const server = (label: string, option: string, driver: string): readonly Place[] => {
  const url = options.get(`--${option}`)
  return url === undefined || url === '' ? [] : [{ label, driver, of: () => url, isServer: true }]
}
const places: readonly Place[] = [
  {
    label: 'SQLite',
    driver: 'sqlite3',
    of: (tool, count, variant) =>
      join(folder, `${tool}-${count}${variant === 'respelled' ? '-respelled' : ''}.sqlite`),
    isServer: false,
  },
  ...server('PostgreSQL', 'postgres', 'pg'),
  ...server('MariaDB', 'mariadb', 'mysql2'),
]

console.log(`sm2kit's differences() as whole processes, Node ${process.versions.node}, as ratios`)
if (alembic === undefined) console.log('Without Alembic: no python3 here can import it')
else console.log(`Alembic ${alembic.version}, on SQLite`)
for (const place of places)
  for (const count of [10, 100, 1000]) {
    // Other engines keep no statements.
    const variants: readonly Variant[] = place.isServer
      ? ['same', 'changed']
      : ['same', 'respelled', 'changed']
    for (const variant of variants) {
      if (variant === 'changed') continue
      await ours('make', place, count, variant)
      if (!place.isServer && alembic !== undefined)
        await theirs('make', alembic.python, place, count, variant)
    }
    try {
      for (const variant of variants) await runScenario(place, count, variant)
    } finally {
      if (place.isServer) await ours('drop', place, count, 'same')
    }
  }

for (const failure of failures) console.error(failure)
if (options.has('--check') && failures.length > 0) process.exitCode = 1
