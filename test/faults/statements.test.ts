import { QueryTypes, type Sequelize } from 'sequelize'
import { createMigrator, type Migrator, type Revision, StepError } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../support/engines/index.js'
import { scaled } from './support/scale.js'
import { readRecorded, readSnapshot, type Snapshot } from './support/snapshot.js'

// Each leaves a sign of its own, and would leave another one, or fail, if it ran twice.
const STATEMENTS = [
  'CREATE TABLE words (id INTEGER, strokes INTEGER)',
  'INSERT INTO words (id, strokes) VALUES (1, 10), (2, 20)',
  'UPDATE words SET strokes = strokes * 2 + 1',
  'CREATE INDEX words_strokes ON words (strokes)',
  'ALTER TABLE words ADD COLUMN hint VARCHAR(20)',
  'INSERT INTO words (id, strokes, hint) SELECT id + 10, strokes, NULL FROM words',
  'DELETE FROM words WHERE id = 2',
  'CREATE TABLE hints (word_id INTEGER)',
  'INSERT INTO hints (word_id) SELECT id FROM words',
]
const BACK = [
  'DELETE FROM hints WHERE word_id = 1',
  'DROP TABLE hints',
  'UPDATE words SET strokes = strokes + 100',
  'ALTER TABLE words DROP COLUMN hint',
  'DELETE FROM words WHERE id > 10',
]
/** Whatever stands before it: the statement is sound, and what it speaks of is not there. */
const BAD = ['INSERT INTO no_such_table (id) VALUES (1)', 'DROP TABLE no_such_table']

const POSITIONS = Array.from({ length: STATEMENTS.length + 1 }, (_, index) => index + 1)
const POSITIONS_BACK = Array.from({ length: BACK.length + 1 }, (_, index) => index + 1)

const withBad = (statements: readonly string[], position: number): readonly string[] =>
  statements.toSpliced(position - 1, 0, BAD[position % BAD.length] ?? '')

const revisionOf = (
  up: readonly string[],
  down: readonly string[] = BACK,
  rest: Partial<Revision> = {},
): Revision => {
  const step =
    (statements: readonly string[]): Revision['up'] =>
    async ({ context: op }) => {
      for (const statement of statements) await op.sequelize.query(statement)
    }
  return { revision: 'words', downRevision: 'before', up: step(up), down: step(down), ...rest }
}

const BEFORE: Revision = {
  revision: 'before',
  downRevision: null,
  up: ({ context: op }) => op.sequelize.query('CREATE TABLE learners (id INTEGER)'),
}

const migratorOf = (sequelize: Sequelize, revision: Revision): Migrator =>
  createMigrator({ sequelize, baseline: false, migrations: [BEFORE, revision] })

const failureOf = async (work: Promise<unknown>): Promise<StepError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof StepError) return error
  throw new Error('expected a StepError', { cause: error })
}

const plain = new Map<string, Promise<Snapshot>>()

/** What the statements leave when they are sent one by one and no migrator is there: the oracle. */
const plainly = (engine: Engine, statements: readonly string[]): Promise<Snapshot> => {
  const key = JSON.stringify([engine.name, statements])
  const snapshot =
    plain.get(key) ??
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      await sequelize.query('CREATE TABLE learners (id INTEGER)')
      for (const statement of statements) await sequelize.query(statement)
      return readSnapshot(sequelize)
    })
  plain.set(key, snapshot)
  return snapshot
}

const duration = expect.any(Number)
const failedStep = (direction: 'up' | 'down', statements: number) => ({
  revision: 'words',
  name: 'words',
  message: expect.any(String),
  downRevision: expect.any(Array),
  direction,
  state: 'failed',
  durationMs: duration,
  statements,
})

const expectFailure = (error: StepError, direction: 'up' | 'down', position: number): void => {
  expect({
    code: error.code,
    revision: error.revision,
    direction: error.direction,
    statement: error.statement,
    revisions: error.revisions,
    report: error.report,
  }).toEqual({
    code: 'STEP_FAILED',
    revision: 'words',
    direction,
    statement: position,
    revisions: ['words'],
    report: {
      direction,
      durationMs: duration,
      steps: expect.arrayContaining([failedStep(direction, position)]),
    },
  })
  expect(error.message).toContain(
    `Revision words (migrations[1] (in memory)) failed going ${direction}, at statement ${position}`,
  )
  expect(error.cause).toBeInstanceOf(Error)
}

const journalRows = (sequelize: Sequelize): Promise<unknown[]> =>
  sequelize.query('SELECT revision, step, state FROM sm2kit_revisions_journal ORDER BY step', {
    type: QueryTypes.SELECT,
  })

describeNewest(
  'a statement that fails takes its whole step with it:',
  (engine) => {
    test.each(POSITIONS)('statement %i, going up', (position) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const broken = migratorOf(sequelize, revisionOf(withBad(STATEMENTS, position)))
        expectFailure(await failureOf(broken.up()), 'up', position)
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, []))
        expect(await readRecorded(sequelize)).toEqual(['before applied'])

        expect(await migratorOf(sequelize, revisionOf(STATEMENTS)).up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS))
      }),
    )

    test.each(POSITIONS_BACK)('statement %i, going down', (position) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await migratorOf(sequelize, revisionOf(STATEMENTS)).up()
        const broken = migratorOf(sequelize, revisionOf(STATEMENTS, withBad(BACK, position)))
        expectFailure(await failureOf(broken.down()), 'down', position)
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS))
        expect(await readRecorded(sequelize)).toEqual(['before applied', 'words applied'])
      }),
    )

    test('the one transaction of a run, with every step of it', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = createMigrator({
          sequelize,
          baseline: false,
          transaction: 'run',
          migrations: [BEFORE, revisionOf(withBad(STATEMENTS, 4))],
        })
        expectFailure(await failureOf(migrator.up()), 'up', 4)
        expect(await readSnapshot(sequelize)).toEqual({ tables: {}, indexes: [], rows: {} })
        expect(await readRecorded(sequelize)).toEqual([])
      }))
  },
  ({ dialect }) => dialect !== 'mysql',
)

/** Steps that have a journal: all of MariaDB's, and those that say so elsewhere. */
const journaled = (engine: Engine): Partial<Revision> =>
  engine.dialect === 'mysql' ? {} : { transaction: false }

describeNewest(
  'a statement that fails in a step with a journal leaves what was done before it:',
  (engine) => {
    const revision = (up: readonly string[], down: readonly string[] = BACK): Revision =>
      revisionOf(up, down, journaled(engine))
    // Where the journal is the exception, some of the positions must do in the default run.
    const step = engine.dialect === 'mysql' ? 1 : scaled(4, 1)
    const some = (positions: readonly number[]): readonly number[] =>
      positions.filter((_, index) => index % step === 0)

    test.each(some(POSITIONS))('statement %i, going up, and the next up() goes on there', (position) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const done = STATEMENTS.slice(0, position - 1)
        const broken = migratorOf(sequelize, revision(withBad(STATEMENTS, position)))
        const error = await failureOf(broken.up())
        expectFailure(error, 'up', position)
        expect(error.message).toContain('keeps completed statements')
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, done))
        expect(await readRecorded(sequelize)).toEqual(['before applied', 'words started'])
        expect(await journalRows(sequelize)).toEqual(
          [0, ...done.map((_, index) => index + 1)].map((step) => ({ revision: 'words', step, state: 1 })),
        )
        // As often as one likes.
        expectFailure(await failureOf(broken.up()), 'up', position)
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, done))

        expect(await migratorOf(sequelize, revision(STATEMENTS)).up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS))
        expect(await readRecorded(sequelize)).toEqual(['before applied', 'words applied'])
        expect(await journalRows(sequelize)).toEqual([])
      }),
    )

    test.each(some(POSITIONS_BACK))(
      'statement %i, going down, and the next down() goes on there',
      (position) =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          await migratorOf(sequelize, revision(STATEMENTS)).up()
          const broken = migratorOf(sequelize, revision(STATEMENTS, withBad(BACK, position)))
          expectFailure(await failureOf(broken.down()), 'down', position)
          expect(await readSnapshot(sequelize)).toEqual(
            await plainly(engine, [...STATEMENTS, ...BACK.slice(0, position - 1)]),
          )
          expect(await readRecorded(sequelize)).toEqual(['before applied', 'words started'])

          expect(await migratorOf(sequelize, revision(STATEMENTS)).down()).toEqual([{ name: 'words' }])
          expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, [...STATEMENTS, ...BACK]))
          expect(await readRecorded(sequelize)).toEqual(['before applied'])
          expect(await journalRows(sequelize)).toEqual([])
        }),
    )

    // The third statement has doubled the strokes; its author then edits it.
    const edited = STATEMENTS.with(2, 'UPDATE words SET strokes = strokes * 3')
    const interrupted = async (sequelize: Sequelize): Promise<Migrator> => {
      await failureOf(migratorOf(sequelize, revision(withBad(STATEMENTS, 4))).up())
      const migrator = migratorOf(sequelize, revision(edited))
      const error = await failureOf(migrator.up())
      expect({ code: error.code, revision: error.revision, statement: error.statement }).toEqual({
        code: 'INTERRUPTED',
        revision: 'words',
        statement: 3,
      })
      expect(error.message).toContain('statement 3 (UPDATE words SET strokes …)')
      expect(error.message).toContain(`resolve('words', 'applied')`)
      expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS.slice(0, 3)))
      return migrator
    }

    test('one that was edited after it was done stops the next run, until resolve() says that it is applied', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = await interrupted(sequelize)
        await migrator.resolve('words', 'applied')
        expect(await migrator.up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS))
      }))

    test('one that was edited after it was done is not sent again, whatever resolve() is told', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = await interrupted(sequelize)
        await expect(migrator.resolve('words', 'not-applied')).rejects.toMatchObject({ code: 'INTERRUPTED' })
        expect((await failureOf(migrator.up())).code).toBe('INTERRUPTED')
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, STATEMENTS.slice(0, 3)))
      }))

    test('nothing to resolve is said so', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const migrator = migratorOf(sequelize, revision(STATEMENTS))
        await migrator.up()
        await expect(migrator.resolve('words', 'applied')).rejects.toMatchObject({ code: 'INTERRUPTED' })
        expect(await readRecorded(sequelize)).toEqual(['before applied', 'words applied'])
      }))
  },
)

describeNewest(
  'a revision without a transaction',
  (engine) => {
    const outside =
      engine.dialect === 'postgres' ? 'CREATE INDEX CONCURRENTLY words_hint ON words (hint)' : 'VACUUM'
    const statements = [...STATEMENTS, outside, 'INSERT INTO hints (word_id) VALUES (99)']

    test(`can say ${outside}`, () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const revision = revisionOf(statements, BACK, { transaction: false })
        expect(await migratorOf(sequelize, revision).up()).toEqual([{ name: 'before' }, { name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, statements))
        expect(await readRecorded(sequelize)).toEqual(['before applied', 'words applied'])
      }))

    test(`cannot say ${outside} where it has one, and leaves nothing`, () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const error = await failureOf(migratorOf(sequelize, revisionOf(statements)).up())
        expectFailure(error, 'up', STATEMENTS.length + 1)
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, []))
      }))

    test('goes on after a statement behind it has failed', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const position = STATEMENTS.length + 2
        const broken = revisionOf(withBad(statements, position), BACK, { transaction: false })
        expectFailure(await failureOf(migratorOf(sequelize, broken).up()), 'up', position)
        const mended = revisionOf(statements, BACK, { transaction: false })
        expect(await migratorOf(sequelize, mended).up()).toEqual([{ name: 'words' }])
        expect(await readSnapshot(sequelize)).toEqual(await plainly(engine, statements))
      }))
  },
  ({ dialect }) => dialect !== 'mysql',
)
