/**
 * What the migrator costs beside its peers, as ratios to bare Umzug with SequelizeStorage: `npm run bench:migrate`;
 * with `-- --check` it fails past the limits. `--only=<part of a scenario's name>`,
 * `--beside=<part of a tool's name>` and `--rounds=<n>` shorten it. On a slow disk each wait for it takes 4 ms longer
 * (`--sync-ms=<n>` says otherwise), for all tools alike: wall times are then about COMMIT, whatever the machine's own disk; it
 * needs a C compiler, `cc`.
 *
 * Whole processes of plain Node on SQLite files, as a deployment starts them, sm2kit from a fresh build. CPU is user and
 * system time of the process; wall time is from its start to its end. The tools take turns, and the median of each one's
 * ratios to Umzug in the same round counts, so that a busy machine slows all alike (`bare` is the floor: the files alone, in
 * one transaction). The files lie under node_modules, on the disk of the project: in a temporary folder in memory a COMMIT
 * would cost nothing.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import sqlite3 from 'sqlite3'
import { makeApplication } from './installed.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = new Map(
  process.argv.slice(2).map((argument): [string, string] => {
    const [name = '', value = ''] = argument.split('=')
    return [name, value]
  }),
)
const cache = join(root, 'node_modules', '.cache')
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, 'sm2kit-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

/** What makes the disk of a process slow. */
function slowDisk(): NodeJS.ProcessEnv {
  const library = join(folder, 'slow-sync.so')
  const source = join(root, 'bench', 'migrate', 'slow-sync.c')
  if (!existsSync(library)) execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'])
  return { LD_PRELOAD: library, BENCH_SYNC_MS: options.get('--sync-ms') ?? '4' }
}

interface Tool {
  readonly name: string
  /** Which of the three kinds of revision files it reads. */
  readonly files: 'sequelize' | 'knex' | 'kysely'
  /** It keeps no record, so that there is nothing to ask it, and nothing that it would leave out. */
  readonly isBare?: true
  readonly command: (task: Task, database: string, migrations: string) => readonly string[]
}

type Task = 'status' | 'up'

interface Scenario {
  readonly name: string
  readonly task: Task
  /** How many revision files there are. */
  readonly revisions: number
  /** Whether all of them are applied already. */
  readonly applied: boolean
  /** Whether each wait for the disk is long. */
  readonly isSlowDisk?: boolean
  readonly rounds: number
}

interface Cost {
  readonly cpuMs: number
  readonly wallMs: number
  readonly statements: number
}

const script = (name: string): string => join(folder, `${name}.mjs`)
const own =
  (name: string, ...more: string[]) =>
  (task: Task, database: string, migrations: string): string[] => [
    script(name),
    task,
    database,
    migrations,
    ...more,
  ]

const reference = 'umzug'
const allTools: readonly Tool[] = [
  { name: 'umzug', files: 'sequelize', command: own('umzug') },
  { name: 'bare', files: 'sequelize', isBare: true, command: own('bare') },
  { name: 'sm2kit, step', files: 'sequelize', command: own('sm2kit', 'step') },
  { name: 'sm2kit, run', files: 'sequelize', command: own('sm2kit', 'run') },
  {
    name: 'sequelize-cli',
    files: 'sequelize',
    command: (task, database, migrations) => [
      join(root, 'node_modules', 'sequelize-cli', 'lib', 'sequelize'),
      task === 'up' ? 'db:migrate' : 'db:migrate:status',
      `--config=${writeConfig(database)}`,
      `--migrations-path=${migrations}`,
    ],
  },
  { name: 'knex', files: 'knex', command: own('knex') },
  { name: 'kysely', files: 'kysely', command: own('kysely') },
]

const beside = options.get('--beside')
const allOfRun = allTools.filter(
  ({ name }) => beside === undefined || /umzug|bare|sm2kit/u.test(name) || name.includes(beside),
)

const scenarios: readonly Scenario[] = [
  { name: 'status, 1 applied', task: 'status', revisions: 1, applied: true, rounds: 11 },
  { name: 'status, 1,000 applied', task: 'status', revisions: 1000, applied: true, rounds: 11 },
  { name: 'no-op up, 1,000 applied', task: 'up', revisions: 1000, applied: true, rounds: 11 },
  { name: 'up of 1', task: 'up', revisions: 1, applied: false, rounds: 11 },
  { name: 'up of 100', task: 'up', revisions: 100, applied: false, rounds: 7 },
  { name: 'up of 1,000', task: 'up', revisions: 1000, applied: false, rounds: 5 },
  {
    name: 'up of 1,000 on a slow disk',
    ...{ task: 'up', revisions: 1000, applied: false, isSlowDisk: true },
    rounds: 3,
  },
]

/** Most that sm2kit may cost, as a part of what Umzug costs. */
const limits: readonly {
  readonly scenario: string
  readonly tool: string
  readonly what: 'cpuMs' | 'wallMs'
  readonly most: number
}[] = [
  { scenario: 'status, 1 applied', tool: 'sm2kit, step', what: 'cpuMs', most: 0.8 },
  { scenario: 'status, 1,000 applied', tool: 'sm2kit, step', what: 'cpuMs', most: 0.8 },
  { scenario: 'no-op up, 1,000 applied', tool: 'sm2kit, step', what: 'cpuMs', most: 0.75 },
  { scenario: 'up of 1,000', tool: 'sm2kit, step', what: 'cpuMs', most: 1 },
  { scenario: 'up of 1,000', tool: 'sm2kit, run', what: 'cpuMs', most: 0.4 },
  { scenario: 'up of 1,000 on a slow disk', tool: 'sm2kit, step', what: 'wallMs', most: 0.6 },
  { scenario: 'up of 1,000 on a slow disk', tool: 'sm2kit, run', what: 'wallMs', most: 0.1 },
]

function writeConfig(database: string): string {
  const path = `${database}.json`
  const config = { development: { dialect: 'sqlite', storage: database, logging: false } }
  writeFileSync(path, JSON.stringify(config))
  return path
}

const isoOf = (index: number): string => String(20_260_101_000_000 + index)

/** The same small table for each tool, in its own words; one file serves sm2kit, Umzug and sequelize-cli. */
function bodyOf(files: Tool['files'], index: number): string {
  const table = `t_${String(index).padStart(4, '0')}`
  if (files === 'knex')
    return `exports.up = (knex) => knex.schema.createTable('${table}', (table) => {
  table.integer('id').primary()
  table.string('title').notNullable()
  table.integer('count').notNullable().defaultTo(0)
})
exports.down = (knex) => knex.schema.dropTable('${table}')
`
  if (files === 'kysely')
    return `exports.up = (db) => db.schema.createTable('${table}')
  .addColumn('id', 'integer', (column) => column.primaryKey())
  .addColumn('title', 'varchar(255)', (column) => column.notNull())
  .addColumn('count', 'integer', (column) => column.notNull().defaultTo(0))
  .execute()
exports.down = (db) => db.schema.dropTable('${table}').execute()
`
  const id = (of: number): string => `'${of.toString(16).padStart(12, '0')}'`
  return `const { DataTypes } = require('sequelize')

exports.revision = ${id(index)}
exports.downRevision = ${index === 0 ? 'null' : id(index - 1)}

/** Creates ${table}; sequelize-cli gives the query interface itself, the others give { context }. */
exports.up = async (given) => {
  const op = given.context ?? given
  await op.createTable('${table}', {
    id: { type: DataTypes.INTEGER, primaryKey: true },
    title: { type: DataTypes.STRING, allowNull: false },
    count: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
  })
}
exports.down = async (given) => {
  const op = given.context ?? given
  await op.dropTable('${table}')
}
`
}

const migrationsOf = (files: Tool['files'], revisions: number): string =>
  join(folder, `${files}-${revisions}`)

function writeMigrations(files: Tool['files'], revisions: number): void {
  const target = migrationsOf(files, revisions)
  mkdirSync(target)
  for (let index = 0; index < revisions; index += 1)
    writeFileSync(join(target, `${isoOf(index)}_create_table.js`), bodyOf(files, index))
}

async function measure(
  tool: Tool,
  { task, revisions, isSlowDisk = false }: Scenario,
  database: string,
  isCounting: boolean,
): Promise<Cost> {
  const command = tool.command(task, database, migrationsOf(tool.files, revisions))
  const env = {
    ...process.env,
    ...(isSlowDisk ? slowDisk() : {}),
    NODE_OPTIONS: '',
    BENCH_STATEMENTS: isCounting ? '1' : '0',
  }
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['--import', script('meter'), ...command], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const [[code], said, metered] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stderr as NodeJS.ReadableStream),
    text(child.stdio[3] as NodeJS.ReadableStream),
  ])
  const wallMs = performance.now() - startedAt
  if (code !== 0) throw new Error(`${tool.name} ended with ${code}: ${said}`)
  const { cpuMs, statements } = JSON.parse(metered) as { cpuMs: number; statements: number }
  return { cpuMs, wallMs, statements }
}

/** Fails when a tool has not made what it was to make: it would be fast for the wrong reason. */
async function checkTables(tool: Tool, database: string, wanted: number): Promise<void> {
  const connection = new sqlite3.Database(database, sqlite3.OPEN_READONLY)
  const found = await new Promise<number>((resolve, reject) => {
    const sql = "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name GLOB 't_[0-9]*'"
    connection.get<{ n: number }>(sql, (error, row) => (error === null ? resolve(row.n) : reject(error)))
  })
  connection.close()
  if (found !== wanted) throw new Error(`${tool.name} has made ${found} tables, not ${wanted}`)
}

let databases = 0
const newDatabase = (): string => {
  databases += 1
  return join(folder, `${databases}.sqlite`)
}

/** A database in the state that the scenario begins with; those with everything applied are made once a tool. */
const migrated = new Map<string, string>()
async function databaseFor(tool: Tool, scenario: Scenario): Promise<string> {
  if (!scenario.applied) return newDatabase()
  const key = `${tool.name} ${scenario.revisions}`
  const known = migrated.get(key)
  if (known !== undefined) return known
  const database = newDatabase()
  await measure(tool, { ...scenario, task: 'up' }, database, false)
  migrated.set(key, database)
  return database
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const ratio = (value: number): string => value.toFixed(2).padStart(6)
const failures: string[] = []

async function runScenario(scenario: Scenario): Promise<void> {
  const tools = allOfRun.filter(({ isBare }) => isBare !== true || !scenario.applied)
  const rounds = Number(options.get('--rounds') ?? scenario.rounds)
  const costs = new Map<string, Cost[]>(tools.map(({ name }) => [name, []]))
  const counts = new Map<string, number>()
  for (const tool of tools) {
    const database = await databaseFor(tool, scenario)
    counts.set(tool.name, (await measure(tool, scenario, database, true)).statements)
    await checkTables(tool, database, scenario.revisions)
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < tools.length; turn += 1) {
      const tool = tools[(round + turn) % tools.length] as Tool
      const database = await databaseFor(tool, scenario)
      costs.get(tool.name)?.push(await measure(tool, scenario, database, false))
      if (!scenario.applied) rmSync(database)
    }
  }
  const others = costs.get(reference) ?? []
  const ratiosOf = (name: string, what: 'cpuMs' | 'wallMs'): number[] =>
    (costs.get(name) ?? []).map((cost, round) => cost[what] / (others[round]?.[what] ?? Number.NaN))

  console.log(`\n${scenario.name} (${rounds} rounds)`)
  console.log(
    `  ${''.padEnd(14)}   CPU   (least to most)    wall   (least to most)    statements sent to the driver`,
  )
  for (const { name } of tools) {
    const columns = (['cpuMs', 'wallMs'] as const).map((what) => {
      const ratios = ratiosOf(name, what)
      return `${ratio(median(ratios))} (${ratio(Math.min(...ratios))} to${ratio(Math.max(...ratios))})`
    })
    console.log(`  ${name.padEnd(14)}${columns.join('   ')}   ${String(counts.get(name) ?? 0).padStart(7)}`)
  }
  for (const limit of limits.filter((one) => one.scenario === scenario.name)) {
    const found = median(ratiosOf(limit.tool, limit.what))
    if (found <= limit.most) continue
    const what = limit.what === 'cpuMs' ? 'CPU' : 'wall time'
    failures.push(
      `${scenario.name}: ${limit.tool} takes ${found.toFixed(2)} of Umzug's ${what}; the limit is ${limit.most}`,
    )
  }
}

makeApplication(
  root,
  folder,
  ['meter', 'sm2kit', 'umzug', 'bare', 'knex', 'kysely'].map((name) =>
    join(root, 'bench', 'migrate', `${name}.ts`),
  ),
)
for (const files of ['sequelize', 'knex', 'kysely'] as const)
  for (const revisions of [1, 100, 1000]) writeMigrations(files, revisions)

console.log(
  `Ratios to Umzug with SequelizeStorage on SQLite files, whole processes, Node ${process.versions.node}`,
)
const only = options.get('--only') ?? ''
for (const scenario of scenarios) if (scenario.name.includes(only)) await runScenario(scenario)

for (const failure of failures) console.error(failure)
if (options.has('--check') && failures.length > 0) process.exitCode = 1
