// A child for the fault tests: meets the others at the barrier, then runs the verbs that it was given on the database
// of its parent, and writes a line for each thing that happens.

import { createMigrator, MigratorError, type Report } from 'sm2kit/migrator'
import { arriveAtBarrier } from '../../support/barrier.js'
import { connectSpec, databaseOfParent } from '../../support/engines/database.js'
import { history } from './history.js'

interface Plan {
  readonly verbs: readonly ('up' | 'down')[]
  readonly pauseMs: number
  readonly transaction?: boolean
  /** Umzug's verbs, or Alembic's; without it every other process takes the other ones. */
  readonly words?: 'umzug' | 'alembic'
  /** Which of the statements that it sends from the barrier on this process does not live to send. */
  readonly lastStatement?: number
}

const plan: Plan = JSON.parse(process.env['FAULT_PLAN'] ?? '{}')
const number = Number(process.env['PROCESS_INDEX'] ?? 0)
let startedAt = 0
let isCounting = false
let statements = 0
// Sequelize logs a statement right before it sends it.
const logging = (): void => {
  if (!isCounting) return
  statements += 1
  if (statements === plan.lastStatement) process.kill(process.pid, 'SIGKILL')
}
const sequelize = connectSpec(databaseOfParent(), { logging })
const migrator = createMigrator({ sequelize, migrations: history(plan.pauseMs, plan.transaction) })
const say = (line: unknown): void => console.log(JSON.stringify(line))
for (const event of ['migrating', 'reverting'] as const) {
  migrator.on(event, () => say({ event: 'begin', ms: performance.now() - startedAt }))
}
for (const event of ['migrated', 'reverted'] as const) migrator.on(event, () => say({ event: 'end' }))

// What takes long and touches nothing comes before the barrier: Umzug's code, and a connection.
void migrator.umzug
await sequelize.authenticate()
await arriveAtBarrier()
isCounting = true
startedAt = performance.now()
const isAlembic = plan.words === undefined ? number % 2 === 1 : plan.words === 'alembic'
const doneIn = ({ steps, direction }: Report): readonly { readonly name: string }[] =>
  steps.filter((step) => step.state === 'done' && step.direction === direction)
const run = {
  up: async () => (isAlembic ? doneIn(await migrator.upgrade('heads')) : migrator.up()),
  down: async () => (isAlembic ? doneIn(await migrator.downgrade('base')) : migrator.down({ to: 0 })),
}
try {
  const metas = await run[plan.verbs[number % plan.verbs.length] ?? 'up']()
  say({ event: 'done', names: metas.map(({ name }) => name), ms: performance.now() - startedAt, statements })
} catch (error) {
  if (!(error instanceof MigratorError)) throw error
  say({ event: 'refused', code: error.code, message: error.message })
}
await sequelize.close()
