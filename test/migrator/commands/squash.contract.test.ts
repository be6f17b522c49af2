import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Sequelize } from 'sequelize'
import type { Migrator, Revision, SquashedRevision } from 'sm2kit/migrator'
import { reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type TestDatabase, withDatabase } from '../../support/engines/index.js'
import { failure, native, rowsOf, tablesOf } from '../support.js'
import { copiesOf } from './copies.js'
import { hostOf } from './host.js'

const { createMigrator } = await native()

const revision = (id: string, down: string | null, body: string): string =>
  `import { DataTypes } from 'sequelize'
export const revision = '${id}'
export const downRevision = ${down === null ? 'null' : `'${down}'`}
export const message = 'add ${id}'

${body}`

/** Helpers of one name in several files, a text over several lines, a data step. */
const FILES = {
  '20260101000000_words.mjs': revision(
    'aaaa01',
    null,
    `const table = 'words'

export const up = async ({ context: op }) => {
  await op.createTable(table, {
    id: { type: DataTypes.INTEGER, primaryKey: true, allowNull: false },
    text: { type: DataTypes.STRING(80) },
  })
}

export const down = async ({ context: op }) => {
  await op.dropTable(table)
}
`,
  ),
  '20260102000000_notes.mjs': revision(
    'aaaa02',
    'aaaa01',
    `const table = 'notes'
const first = \`one
    and another line\`

export async function up({ context: op }) {
  await op.createTable(table, {
    id: { type: DataTypes.INTEGER, primaryKey: true, allowNull: false },
    word: { type: DataTypes.INTEGER, references: { model: 'words', key: 'id' } },
  })
  await op.bulkInsert('words', [{ id: 1, text: first }])
}

export async function down({ context: op }) {
  await op.bulkDelete('words', { id: 1 })
  await op.dropTable(table)
}
`,
  ),
  '20260103000000_stars.mjs': revision(
    'aaaa03',
    'aaaa02',
    `export const breaking = true

// A word has no stars at first.
export const up = async ({ context: op }) => {
  await op.addColumn('words', 'stars', { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 })
}

export const down = async ({ context: op }) => {
  await op.removeColumn('words', 'stars')
}
`,
  ),
  '20260104000000_rank.mjs': revision(
    'aaaa04',
    'aaaa03',
    `export const up = async ({ context: op }) => {
  await op.addColumn('words', 'place', { type: DataTypes.INTEGER })
}
export const down = async ({ context: op }) => {
  await op.removeColumn('words', 'place')
}
`,
  ),
}

interface Given {
  readonly sequelize: Sequelize
  readonly folder: string
  /** With all files of the folder. */
  readonly migrator: Migrator
  /** As it was before the squash. */
  readonly former: Migrator
  /** Writes the squash from a database of its own, in memory: where it was written makes no difference. */
  squashed(range: string, id?: string): Promise<SquashedRevision>
  readonly database: TestDatabase
}

describeNewest('squash', (engine) => {
  const given = (use: (given: Given) => Promise<void>, files: Readonly<Record<string, string>> = FILES) =>
    withDatabase(engine, async (database) => {
      const [folder, before] = [hostOf(files), hostOf(files)]
      const sequelize = database.connect()
      const of = (migrations: string): Migrator => createMigrator({ sequelize, migrations, baseline: false })
      const copies = await copiesOf(database)
      const squashed = async (range: string, id = 'cccc01'): Promise<SquashedRevision> => {
        const own = new Sequelize('sqlite::memory:', { logging: false })
        const writer = createMigrator({ sequelize: own, migrations: folder, baseline: false })
        return writer.squash(range, { message: 'm', id }).finally(() => own.close())
      }
      await use({ sequelize, folder, migrator: of(folder), former: of(before), squashed, database })
      // The databases that it was proven on are gone, and so is what lay hidden in the folder.
      await expect.poll(() => copiesOf(database, copies), { timeout: 10_000 }).toEqual([])
      expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([])
    })

  const recorded = async (sequelize: Sequelize): Promise<readonly unknown[]> =>
    (await rowsOf(sequelize, 'SELECT revision FROM sm2kit_revisions ORDER BY revision')).map(
      (row) => row['revision'],
    )
  const idsOf = (list: readonly { readonly revision: string }[]): readonly string[] =>
    list.map((one) => one.revision)
  const removeReplaced = (paths: readonly string[]): void => {
    for (const path of paths) rmSync(path)
  }

  test('a new database runs the one revision, there and back, and comes to the same', () =>
    given(async ({ sequelize, migrator, former, folder }) => {
      await former.up()
      const wanted = [await reflect(sequelize), await rowsOf(sequelize, 'SELECT * FROM words')]
      await former.down({ to: 0 })
      const written = await migrator.squash('aaaa01:aaaa03', { message: 'first year', id: 'cccc01' })
      expect(written).toMatchObject({
        revision: 'cccc01',
        replaces: ['aaaa01', 'aaaa02', 'aaaa03'],
        downRevision: [],
        reversible: true,
      })
      expect(basename(written.path)).toMatch(/^\d{14}_first_year\.mjs$/u)
      const text = readFileSync(written.path, 'utf8')
      expect(text).toContain("export const replaces = ['aaaa01', 'aaaa02', 'aaaa03']\n")
      expect(text).toContain('export const breaking = true\n')
      expect(text).toContain('  const first = `one\n    and another line`\n')
      expect(text).toContain('  // A word has no stars at first.\n')
      expect(text.match(/import \{ DataTypes \} from 'sequelize'/gu)).toHaveLength(1)
      expect(written.replacedPaths.map((path) => basename(path))).toEqual(Object.keys(FILES).slice(0, 3))

      for (const isRemoved of [false, true]) {
        if (isRemoved) removeReplaced(written.replacedPaths)
        expect(idsOf(await migrator.history())).toEqual(['aaaa04', 'cccc01'])
        expect((await migrator.plan()).steps.map((step) => step.revision)).toEqual(['cccc01', 'aaaa04'])
        expect((await migrator.up()).map(({ name }) => name)).toEqual([
          basename(written.path, '.mjs'),
          '20260104000000_rank',
        ])
        expect([await reflect(sequelize), await rowsOf(sequelize, 'SELECT * FROM words')]).toEqual(wanted)
        expect(await recorded(sequelize)).toEqual(['aaaa04', 'cccc01'])
        expect((await migrator.check()).upToDate).toBe(true)
        const idsIn = (script: string, words: RegExp): readonly string[] =>
          [...script.matchAll(words)].map(([, id = '']) => id)
        expect(
          idsIn(await migrator.sql(), /^INSERT INTO \S*sm2kit_revisions\S* .*?'((?:aaaa|cccc)\d\d)'/gmu),
        ).toEqual(['cccc01', 'aaaa04'])
        // The record may still be that of what it replaces.
        const back = await migrator.sql({ from: 'head', to: 'base' })
        expect(idsIn(back, /^DELETE FROM \S*sm2kit_revisions\S* .*?'((?:aaaa|cccc)\d\d)'/gmu)).toEqual([
          'aaaa04',
          'cccc01',
          'aaaa01',
          'aaaa02',
          'aaaa03',
        ])
        await migrator.downgrade('cccc01')
        expect(await recorded(sequelize)).toEqual(['cccc01'])
        await migrator.downgrade('base')
        expect(await recorded(sequelize)).toEqual([])
        expect((await tablesOf(sequelize)).filter((name) => !name.startsWith('sm2kit_'))).toEqual([])
      }
      expect(existsSync(join(folder, '20260104000000_rank.mjs'))).toBe(true)
    }))

  test('where all of the range is applied it counts as applied, and its rows become one', () =>
    given(async ({ sequelize, migrator, former, squashed }) => {
      await former.up()
      const { path, replacedPaths } = await squashed('aaaa02:aaaa03')
      for (const isRemoved of [false, true]) {
        if (isRemoved) removeReplaced(replacedPaths)
        const report = await migrator.check()
        expect([report.upToDate, report.pending, report.unknown, report.edited]).toEqual([true, [], [], []])
        expect(idsOf(await migrator.current())).toEqual(['aaaa04'])
        expect((await migrator.pending()).length).toBe(0)
        expect((await migrator.executed()).map(({ name }) => name)).toEqual([
          '20260101000000_words',
          basename(path, '.mjs'),
          '20260104000000_rank',
        ])
        expect((await migrator.history()).map((one) => [one.revision, one.state, one.replaces])).toEqual([
          ['aaaa04', 'applied', undefined],
          ['cccc01', 'applied', ['aaaa02', 'aaaa03']],
          ['aaaa01', 'applied', undefined],
        ])
        expect((await migrator.show('aaaa03')).revision).toBe('cccc01')
      }
      // Looking has changed nothing.
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa02', 'aaaa03', 'aaaa04'])
      const [last] = await rowsOf(
        sequelize,
        "SELECT applied_at FROM sm2kit_revisions WHERE revision = 'aaaa03'",
      )
      expect(await migrator.up()).toEqual([])
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa04', 'cccc01'])
      const [one] = await rowsOf(
        sequelize,
        "SELECT applied_at, breaking FROM sm2kit_revisions WHERE revision = 'cccc01'",
      )
      expect([one?.['applied_at'], Number(one?.['breaking'])]).toEqual([last?.['applied_at'], 1])
      expect(await migrator.up()).toEqual([])
      expect((await migrator.check()).upToDate).toBe(true)
      await migrator.downgrade('aaaa01')
      expect(await recorded(sequelize)).toEqual(['aaaa01'])
      expect((await reflect(sequelize)).tables.map(({ name }) => name)).toEqual(['words'])
    }))

  test('Umzug itself takes it for applied, and goes on behind it; a downgrade begins from the former rows', () =>
    given(async ({ sequelize, migrator, former, squashed }) => {
      await former.up({ to: '20260103000000_stars' })
      await squashed('aaaa01:aaaa03')
      expect((await migrator.umzug.up()).map(({ name }) => name)).toEqual(['20260104000000_rank'])
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa02', 'aaaa03', 'aaaa04'])
      expect(idsOf((await migrator.downgrade('base')).steps)).toEqual(['aaaa04', 'cccc01'])
      expect(await recorded(sequelize)).toEqual([])
    }))

  // Elsewhere the lock is held until the listener is done, and nobody else can apply anything meanwhile.
  const letsOthers = engine.isShared && engine.dialect !== 'mysql'
  test.skipIf(!letsOthers)('what a process with the former code applies meanwhile is not run again', () =>
    given(async ({ sequelize, migrator, database, squashed }) => {
      await squashed('aaaa02:aaaa03')
      const other = createMigrator({
        sequelize: database.connect(),
        migrations: hostOf(FILES),
        baseline: false,
      })
      const off = migrator.on('migrated', async ({ name }) => {
        if (name === '20260101000000_words') await other.upgrade('aaaa03')
      })
      const { steps } = await migrator.upgrade('head')
      off()
      expect(steps.map(({ revision, state }) => [revision, state])).toEqual([
        ['aaaa01', 'done'],
        ['cccc01', 'skipped'],
        ['aaaa04', 'done'],
      ])
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa02', 'aaaa03', 'aaaa04'])
      expect(await migrator.up()).toEqual([])
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa04', 'cccc01'])
      // And where it has come only so far, nothing is run over it.
      await migrator.downgrade('base')
      migrator.on('migrated', async ({ name }) => {
        if (name === '20260101000000_words') await other.upgrade('aaaa02')
      })
      expect(await failure(migrator.upgrade('head'))).toMatchObject({ code: 'PARTLY_APPLIED' })
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa02'])
    }),
  )

  test('where a part of the range is applied nothing runs, until the former code has applied the rest', () =>
    given(async ({ sequelize, migrator, former, squashed }) => {
      await former.up({ to: '20260102000000_notes' })
      await squashed('aaaa01:aaaa03')
      const before = await reflect(sequelize)
      for (const refused of [
        () => migrator.up(),
        () => migrator.upgrade('head'),
        () => migrator.down(),
        () => migrator.plan(),
      ])
        expect(await failure(refused())).toMatchObject({
          code: 'PARTLY_APPLIED',
          revisions: ['cccc01', 'aaaa01', 'aaaa02', 'aaaa03'],
        })
      expect(await failure(migrator.umzug.up())).toMatchObject({ cause: { code: 'PARTLY_APPLIED' } })
      expect((await failure(migrator.up())).message).toContain(
        'aaaa01, aaaa02 are recorded and aaaa03 is not applied',
      )
      const { upToDate, pending, unknown } = await migrator.check()
      expect([upToDate, idsOf(pending), idsOf(unknown)]).toEqual([
        false,
        ['cccc01', 'aaaa04'],
        ['aaaa01', 'aaaa02'],
      ])
      expect(await reflect(sequelize)).toEqual(before)
      expect(await recorded(sequelize)).toEqual(['aaaa01', 'aaaa02'])
      await former.upgrade('+1')
      expect((await migrator.up()).map(({ name }) => name)).toEqual(['20260104000000_rank'])
      expect(await recorded(sequelize)).toEqual(['aaaa04', 'cccc01'])
    }))

  test('a stamp says of a part what it says of the one in its place', () =>
    given(async ({ sequelize, migrator, former, squashed }) => {
      await former.up({ to: '20260102000000_notes' })
      await squashed('aaaa01:aaaa03')
      expect(await migrator.stamp('cccc01')).toEqual({
        added: ['cccc01'],
        removed: ['aaaa01', 'aaaa02'],
        accepted: [],
      })
      expect(await recorded(sequelize)).toEqual(['cccc01'])
    }))

  test('an edit of what is replaced is still an edit; once that is gone, what replaced it is squashed in turn', () =>
    given(async ({ sequelize, migrator, former, squashed }) => {
      await former.up()
      const { replacedPaths } = await squashed('aaaa01:aaaa02')
      const [words = ''] = replacedPaths
      const text = readFileSync(words, 'utf8')
      writeFileSync(words, text.replace('80', '90'))
      expect(await failure(migrator.up())).toMatchObject({ code: 'EDITED_REVISION', revisions: ['aaaa01'] })
      writeFileSync(words, text)
      expect(await failure(squashed('cccc01:aaaa03', 'dddd01'))).toMatchObject({
        code: 'NOT_SQUASHABLE',
      })
      await migrator.up()
      removeReplaced(replacedPaths)
      const again = await squashed('cccc01:head', 'dddd01')
      expect(again.replaces).toEqual(['cccc01', 'aaaa03', 'aaaa04'])
      expect(await migrator.up()).toEqual([])
      expect(await recorded(sequelize)).toEqual(['dddd01'])
    }))

  test.skipIf(engine.dialect !== 'sqlite')(
    'is not written where it comes to something else, or where the range does not run on a new database',
    () =>
      given(
        async ({ migrator, folder }) => {
          const error = await failure(migrator.squash('bbbb01:bbbb02', { message: 'm' }))
          expect(error).toMatchObject({ code: 'SQUASH_DIFFERS', revisions: ['bbbb01', 'bbbb02'] })
          expect(error.message).toContain('the table "t_20260101000000_named" is missing')
          const broken = await failure(migrator.squash('bbbb02:bbbb03', { message: 'm' }))
          expect(broken).toMatchObject({ code: 'NOT_SQUASHABLE' })
          expect(broken.message).toContain('does not run on a new database')
          expect(readdirSync(folder).filter((name) => name.endsWith('.mjs'))).toHaveLength(3)
        },
        {
          // What it makes depends on how its file is called.
          '20260101000000_named.mjs': revision(
            'bbbb01',
            null,
            `export const up = async ({ context: op, name }) => {
  await op.createTable(\`t_\${name}\`, { id: { type: DataTypes.INTEGER } })
}`,
          ),
          '20260102000000_more.mjs': revision('bbbb02', 'bbbb01', 'export const up = async () => {}'),
          '20260103000000_broken.mjs': revision(
            'bbbb03',
            'bbbb02',
            `export const up = async ({ context: op }) => op.addColumn('nowhere', 'a', { type: DataTypes.INTEGER })`,
          ),
        },
      ),
  )

  test('files of sequelize-cli become one, up to the newest of them; an irreversible one makes it so', () =>
    given(
      async ({ sequelize, migrator, former }) => {
        await former.up()
        expect(
          await failure(migrator.squash('20260101000000-a:20260102000000-b', { message: 'm' })),
        ).toMatchObject({ code: 'NOT_SQUASHABLE', revisions: ['20260102000000-b'] })
        const written = await migrator.squash(':head', { message: 'm', id: 'cccc01' })
        expect(written).toMatchObject({
          replaces: ['20260101000000-a', '20260102000000-b', '20260103000000-c'],
          reversible: false,
        })
        removeReplaced(written.replacedPaths)
        expect(await migrator.up()).toEqual([])
        expect(await recorded(sequelize)).toEqual(['cccc01'])
        expect(await failure(migrator.downgrade('base'))).toMatchObject({ code: 'IRREVERSIBLE' })
      },
      {
        '20260101000000-a.cjs': `'use strict'
/** @type {import('sequelize-cli').Migration} */
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('a', { id: { type: Sequelize.INTEGER, primaryKey: true, allowNull: false } })
  },
  async down(queryInterface) {
    await queryInterface.dropTable('a')
  },
}
`,
        '20260102000000-b.cjs': `const helper = 'b'
exports.up = async (queryInterface, Sequelize) => {
  await queryInterface.addColumn('a', helper, { type: Sequelize.STRING(10) })
}
exports.down = async (queryInterface) => queryInterface.removeColumn('a', helper)
`,
        '20260103000000-c.cjs': `exports.up = async ({ context }) => context.bulkInsert('a', [{ id: 1, b: 'x' }])
`,
      },
    ))

  test('adopt takes over what another tool has recorded of replaced files', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const noted = async (...names: readonly string[]): Promise<void> => {
        await sequelize.query('DELETE FROM meta')
        for (const name of names) await sequelize.query(`INSERT INTO meta (name) VALUES ('${name}')`)
      }
      await sequelize.query('CREATE TABLE meta (name VARCHAR(100) NOT NULL)')
      const one: Revision = {
        revision: 'cccc01',
        downRevision: null,
        replaces: ['first', 'second'],
        up: async () => {},
      }
      const migrator = createMigrator({ sequelize, baseline: false, migrations: [one] })
      await noted('first.js')
      expect(await failure(migrator.adopt({ from: 'meta' }))).toMatchObject({ code: 'PARTLY_APPLIED' })
      await noted('first.js', 'second.js')
      expect(await migrator.adopt({ from: 'meta' })).toEqual({ adopted: ['cccc01'], already: [] })
      expect(await migrator.up()).toEqual([])
    }))
})
