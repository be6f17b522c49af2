import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { childEnv, describeNewest, type TestDatabase, withDatabase } from '../support/engines/index.js'
import { type ProcessResult, runProcesses } from '../support/processes.js'
import { expectedSnapshot } from './support/expected.js'
import { allRevisions, baseline, CREATE_RUN_LOG, history } from './support/history.js'
import { scaled } from './support/scale.js'
import { expectAgreement, readState } from './support/state.js'

const script = new URL('./support/migrate.script.ts', import.meta.url)
const last = allRevisions.length

interface Outcome {
  readonly event: string
  readonly names?: readonly string[]
  readonly code?: string
  readonly message?: string
}

/** What a child said last. */
const outcomeOf = ({ stdout }: ProcessResult): Outcome =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null')

const runVerbs = async (
  database: TestDatabase,
  count: number,
  verbs: readonly ('up' | 'down')[],
): Promise<readonly Outcome[]> => {
  const plan = JSON.stringify({ verbs, pauseMs: 5 })
  const env = { ...childEnv(database), FAULT_PLAN: plan }
  const results = await runProcesses({ script, count, env, timeoutMs: 200_000 })
  expect(results.map(({ exitCode, stderr, timedOut }) => ({ exitCode, stderr, timedOut }))).toEqual(
    Array(count).fill({ exitCode: 0, stderr: '', timedOut: false }),
  )
  return results.map(outcomeOf)
}

const namesOf = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.flatMap(({ names }) => names ?? []).sort()

describeNewest(
  'processes that start at the same moment',
  (engine) => {
    const fewer = scaled(4, 20)

    test(
      'apply each revision once among twenty, and each of them ends well',
      () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await sequelize.query(CREATE_RUN_LOG)
          const outcomes = await runVerbs(database, 20, ['up'])

          expect(outcomes.map(({ event, message }) => message ?? event)).toEqual(Array(20).fill('done'))
          expect(namesOf(outcomes)).toEqual([...allRevisions].sort())
          const { recorded, schema, log } = await readState(sequelize)
          expect(schema).toEqual(expectedSnapshot(last))
          expect(recorded).toEqual(allRevisions.map((revision) => `${revision} applied`).sort())
          expect(log).toEqual(upsOf(allRevisions))
        }),
      240_000,
    )

    test(
      'revert each revision once',
      () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await sequelize.query(CREATE_RUN_LOG)
          await createMigrator({ sequelize, migrations: history() }).up()
          const outcomes = await runVerbs(database, fewer, ['down'])

          expect(outcomes.map(({ event, message }) => message ?? event)).toEqual(Array(fewer).fill('done'))
          expect(namesOf(outcomes)).toEqual([...allRevisions].sort())
          const { recorded, schema, log } = await readState(sequelize)
          expect({ recorded, schema }).toEqual({ recorded: [], schema: expectedSnapshot(0) })
          expect(log).toEqual([...downsOf(allRevisions), ...upsOf(allRevisions)])
        }),
      240_000,
    )

    test(
      'going up and down against each other leave a state that the version table describes',
      () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await sequelize.query(CREATE_RUN_LOG)
          const outcomes = await runVerbs(database, fewer, ['up', 'down'])

          // One whose next revision has lost what it stands on is told so; nobody meets an error of the database.
          const others = outcomes.filter(({ event }) => event !== 'done').map(({ code }) => code)
          expect(others.filter((code) => code !== 'UNMET_DEPENDENCY' && code !== 'HAS_DEPENDENTS')).toEqual(
            [],
          )
          await expectAgreement(sequelize, 'after up and down at once')
          const migrator = createMigrator({ sequelize, migrations: history() })
          await migrator.up()
          expect(await expectAgreement(sequelize, 'after the next up()')).toBe(last)
        }),
      240_000,
    )
  },
  ({ isShared }) => isShared,
)

/** The log of revisions that ran up once each; the shipped one keeps none. */
const upsOf = (revisions: readonly string[]): readonly string[] =>
  revisions
    .filter((revision) => revision !== baseline)
    .map((revision) => `up ${revision}`)
    .sort()

const downsOf = (revisions: readonly string[]): readonly string[] =>
  revisions
    .filter((revision) => revision !== baseline)
    .map((revision) => `down ${revision}`)
    .sort()
