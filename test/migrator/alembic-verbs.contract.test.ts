import { Sequelize } from 'sequelize'
import { createMigrator, type MigratorOptions, type Revision } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { describeEngines, type Engine, withDatabase } from '../support/engines/index.js'
import { failure, folderOf, recordingLogger, revisionOf, rowsOf, tablesOf } from './support.js'

const BASELINE = 'f3e3ac684f8e'

/** A revision that makes the table of its name. */
const tableRevision = (
  revision: string,
  downRevision: Revision['downRevision'],
  rest: Partial<Revision> = {},
): Revision => ({
  revision,
  downRevision: downRevision ?? null,
  message: `add ${revision}`,
  up: async ({ context: op }) => {
    await op.createTable(revision, { id: { type: 'INTEGER' } })
  },
  down: async ({ context: op }) => {
    await op.dropTable(revision)
  },
  ...rest,
})

/** A host beside the shipped branch: a1 – a2, then the branches b and c, joined by m. */
const host: readonly Revision[] = [
  tableRevision('a1', null, { dependsOn: BASELINE }),
  tableRevision('a2', 'a1'),
  tableRevision('b1', 'a2', { branchLabels: 'billing' }),
  tableRevision('c1', 'a2'),
]
const merge = revisionOf('m1', ['b1', 'c1'], async () => {}, { message: 'join' })

const withMigrator = <T>(
  engine: Engine,
  migrations: MigratorOptions['migrations'],
  use: (migrator: ReturnType<typeof createMigrator>, sequelize: Sequelize) => Promise<T>,
  rest: Partial<MigratorOptions> = {},
): Promise<T> =>
  withDatabase(engine, (database) => {
    const sequelize = database.connect()
    return use(createMigrator({ sequelize, migrations, ...rest }), sequelize)
  })

const idsOf = (list: readonly { readonly revision: string }[]): readonly string[] =>
  list.map(({ revision }) => revision)

describeEngines('Alembic’s verbs', (engine) => {
  test('upgrade head takes the host’s line and the shipped branch, downgrade -1 the host’s newest, base everything', () =>
    withMigrator(engine, host.slice(0, 2), async (migrator, sequelize) => {
      const report = await migrator.upgrade()
      expect(report.direction).toBe('up')
      expect(report.steps.map((step) => [step.revision, step.message, step.state])).toEqual([
        [BASELINE, 'baseline', 'done'],
        ['a1', 'add a1', 'done'],
        ['a2', 'add a2', 'done'],
      ])
      expect((await migrator.upgrade('head')).steps).toEqual([])
      expect(idsOf(await migrator.current())).toEqual(['a2'])

      expect((await migrator.downgrade('-1')).steps.map((step) => [step.revision, step.direction])).toEqual([
        ['a2', 'down'],
      ])
      expect(idsOf(await migrator.current())).toEqual(['a1'])
      expect(idsOf((await migrator.upgrade('+1')).steps)).toEqual(['a2'])
      expect(idsOf((await migrator.downgrade('a1')).steps)).toEqual(['a2'])
      expect(idsOf((await migrator.downgrade('base')).steps)).toEqual(['a1', BASELINE])
      expect(await migrator.current()).toEqual([])
      expect((await tablesOf(sequelize)).filter((name) => !name.startsWith('sm2kit_'))).toEqual([])
    }))

  test('several heads of the host are an error; heads, a label and an id each say what is meant', () =>
    withMigrator(engine, host, async (migrator) => {
      expect(await failure(migrator.upgrade())).toMatchObject({
        code: 'MULTIPLE_HEADS',
        revisions: ['b1', 'c1'],
      })
      expect(await migrator.executed()).toEqual([])
      expect(idsOf(await migrator.heads())).toEqual(['c1', 'b1', BASELINE])
      expect((await migrator.heads()).map((info) => info.isEffectiveHead)).toEqual([true, true, false])
      expect(idsOf(await migrator.branches())).toEqual(['a2'])
      await migrator.upgrade('billing@head')
      expect(idsOf(await migrator.current())).toEqual(['b1'])
      await migrator.upgrade('heads')
      expect(idsOf(await migrator.current())).toEqual(['c1', 'b1'])
      expect(idsOf((await migrator.downgrade('c1@-1')).steps)).toEqual(['c1'])
      expect(idsOf(await migrator.current())).toEqual(['b1'])
      // Going to the branch point takes both lines down, and leaves the shipped branch alone.
      expect(idsOf((await migrator.downgrade('a2')).steps)).toEqual(['b1'])
      expect(idsOf((await migrator.downgrade('sm2@base')).steps)).toEqual(['a2', 'a1', BASELINE])
    }))

  test('what is called "current" is meant before what is current', () =>
    withMigrator(engine, [revisionOf('current', null), revisionOf('later', 'current')], async (migrator) => {
      await migrator.upgrade('head')
      expect(await migrator.show('current')).toMatchObject({ revision: 'current', isHead: false })
    }))

  test('a merge joins the heads, and going back over it opens them again', () =>
    withMigrator(engine, [...host, merge], async (migrator) => {
      await migrator.upgrade('head')
      expect(await migrator.current()).toMatchObject([{ revision: 'm1', isMergePoint: true, isHead: true }])
      expect(await failure(migrator.downgrade('-1'))).toMatchObject({ code: 'AMBIGUOUS_REVISION' })
      expect(idsOf((await migrator.downgrade('c1')).steps)).toEqual(['m1'])
      expect(idsOf(await migrator.current())).toEqual(['c1', 'b1'])
      expect(idsOf(await migrator.history('a2:m1'))).toEqual(['m1', 'c1', 'b1', 'a2'])
      expect(idsOf(await migrator.history(':current'))).toEqual(['c1', 'b1', 'a2', 'a1', BASELINE])
      expect(await migrator.show('billing')).toMatchObject({
        revision: 'b1',
        labels: ['billing'],
        children: ['m1'],
      })
      expect(await migrator.show(BASELINE.slice(0, 5))).toMatchObject({ isShipped: true, dependents: ['a1'] })
      expect(await failure(migrator.show('nosuch'))).toMatchObject({ code: 'UNKNOWN_REVISION' })
      expect(await migrator.show('a1+1')).toMatchObject({ revision: 'a2' })
      // Two are current.
      expect(await failure(migrator.show('current'))).toMatchObject({ code: 'UNKNOWN_REVISION' })
      await migrator.upgrade('m1')
      expect(await migrator.show('current')).toMatchObject({ revision: 'm1' })
      await migrator.downgrade('c1')
      expect(await failure(migrator.history('m1:a1'))).toMatchObject({ code: 'RANGE' })
      expect(await failure(migrator.downgrade('+1'))).toMatchObject({ code: 'TOO_FAR' })
      expect(await failure(migrator.upgrade('-1'))).toMatchObject({ code: 'TOO_FAR' })
    }))

  test('a no-op upgrade is one statement', () =>
    withDatabase(engine, async (database) => {
      let statements = 0
      const sequelize = database.connect({
        logging: () => {
          statements += 1
        },
      })
      const migrator = createMigrator({ sequelize, migrations: host.slice(0, 2) })
      await migrator.upgrade()
      statements = 0
      await migrator.upgrade()
      expect(statements).toBeLessThanOrEqual(2)
    }))

  test('a file that is put below the applied ones is said to be pending there, and runs with the next upgrade', async () => {
    const text = (name: string): string =>
      `exports.up = ({ context }) => context.createTable('${name}', { id: { type: 'INTEGER' } });\n` +
      `exports.down = ({ context }) => context.dropTable('${name}');\n`
    const folder = folderOf({ '20260101-a.cjs': text('a'), '20260103-c.cjs': text('c') })
    const logger = recordingLogger()
    await withMigrator(
      engine,
      folder,
      async (migrator, sequelize) => {
        await migrator.upgrade()
        const { writeFileSync } = await import('node:fs')
        writeFileSync(`${folder}/20260102-b.cjs`, text('b'))
        expect(await migrator.history()).toMatchObject([
          { revision: '20260103-c', state: 'applied', isBelowHead: false },
          { revision: '20260102-b', state: 'pending', isBelowHead: true },
          { revision: '20260101-a', state: 'applied', isBelowHead: false },
        ])
        expect(idsOf(await migrator.current())).toEqual(['20260103-c'])
        expect(await migrator.plan()).toMatchObject({
          steps: [{ revision: '20260102-b', isBelowHead: true }],
        })
        await migrator.upgrade()
        expect(logger.lines).toContainEqual([
          'warn',
          expect.objectContaining({ event: 'below-head', revisions: ['20260102-b'] }),
        ])
        expect(idsOf((await migrator.downgrade('20260103-c-1')).steps)).toEqual(['20260103-c'])
        expect(idsOf((await migrator.downgrade('20260101-a')).steps)).toEqual(['20260102-b'])
        expect((await tablesOf(sequelize)).filter((name) => name.length === 1)).toEqual(['a'])
      },
      { baseline: false, logger },
    )
  })

  test('plan tells the steps and their SQL, and changes nothing', () =>
    withMigrator(engine, host.slice(0, 2), async (migrator, sequelize) => {
      await migrator.upgrade('a1')
      const before = await tablesOf(sequelize)
      const plan = await migrator.plan()
      expect(plan).toMatchObject({ direction: 'up', steps: [{ revision: 'a2', direction: 'up' }] })
      expect(plan.steps[0]?.statements).toEqual([expect.stringMatching(/^CREATE TABLE IF NOT EXISTS .a2. /u)])
      expect(await migrator.plan('base')).toMatchObject({
        direction: 'down',
        steps: [{ revision: 'a1' }, { revision: BASELINE }],
      })
      expect(await migrator.plan('-1')).toMatchObject({ direction: 'down', steps: [{ revision: 'a1' }] })
      for (const reached of ['a1', BASELINE, 'sm2@head'])
        expect(await migrator.plan(reached)).toEqual({ direction: 'up', steps: [] })
      expect(await tablesOf(sequelize)).toEqual(before)
      expect(idsOf(await migrator.current())).toEqual(['a1'])
    }))

  test('plan reads what a step reads, and writes the values of a statement into it', () =>
    withMigrator(
      engine,
      [
        tableRevision('a1', null),
        revisionOf('a2', 'a1', async ({ context: op }) => {
          const [row] = await op.sequelize.query('SELECT count(*) AS n FROM a1', {
            type: 'SELECT' as never,
          })
          const { n } = row as unknown as { readonly n: number | string }
          const text = "O'Neill $1 ? :n"
          await op.sequelize.query('UPDATE a1 SET id = $1 WHERE id = $2 OR $3 = $4', {
            bind: [Number(n), 7, text, text],
          })
          await op.sequelize.query('DELETE FROM a1 WHERE id = :n', { replacements: { n: 9 } })
          await op.bulkInsert('a1', [{ id: 1 }, { id: 2 }])
        }),
      ],
      async (migrator, sequelize) => {
        await migrator.upgrade('a1')
        await sequelize.query('INSERT INTO a1 (id) VALUES (5)')
        const { steps } = await migrator.plan()
        const [update, remove, insert] = steps[0]?.statements ?? []
        expect(update).toMatch(/^UPDATE a1 SET id = 1 WHERE id = 7 OR 'O('|\\)'Neill/u)
        expect(remove).toBe('DELETE FROM a1 WHERE id = 9')
        expect(insert).toMatch(/^INSERT INTO .a1. \(.id.\) VALUES \(1\),\s*\(2\)$/u)
        expect(await rowsOf(sequelize, 'SELECT id FROM a1')).toEqual([{ id: 5 }])
      },
      { baseline: false },
    ))
})

describe('a later version of the package', () => {
  const later = tableRevision('0a1b2c3d4e5f', BASELINE, { message: 'a second shipped one' })

  test('adds to its own branch, and no host has to merge', async () => {
    const sequelize = new Sequelize('sqlite::memory:', { logging: false })
    const first = createMigrator({ sequelize, migrations: host.slice(0, 2) })
    await first.upgrade()
    const second = createMigrator({
      sequelize,
      migrations: [...host.slice(0, 2), later, tableRevision('a3', 'a2')],
    })
    expect(idsOf((await second.upgrade()).steps)).toEqual(['0a1b2c3d4e5f', 'a3'])
    expect(idsOf(await second.current())).toEqual(['a3', '0a1b2c3d4e5f'])
    expect(idsOf((await second.downgrade('-1')).steps)).toEqual(['a3'])
    expect(idsOf((await second.downgrade('sm2@-1')).steps)).toEqual(['0a1b2c3d4e5f'])
    expect(idsOf((await second.upgrade('sm2@head')).steps)).toEqual(['0a1b2c3d4e5f'])
    expect((await second.downgrade('base')).steps).toHaveLength(4)
    await sequelize.close()
  })
})
