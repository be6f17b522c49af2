import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { Sequelize } from 'sequelize'
import type { Migrator, MigratorOptions } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../support/engines/index.js'
import { folderOf, native, rowsOf, runs, write } from './support.js'

const fileOf = (id: string, down: string | null, more = ''): string => `
exports.revision = '${id}'
exports.downRevision = ${JSON.stringify(down)}
exports.message = 'says "it" — 字🎴'
${more}
exports.up = async ({ context: op }) => { await op.createTable('${id}', { id: 'INTEGER' }) }
exports.down = async ({ context: op }) => { await op.dropTable('${id}') }
`
const three = { '1_a.js': fileOf('a1', null), '2_b.js': fileOf('b2', 'a1'), '3_c.js': fileOf('c3', 'b2') }

const making =
  (sequelize: Sequelize, migrations: string, { createMigrator }: Awaited<ReturnType<typeof native>>) =>
  (options: Partial<MigratorOptions> = {}): Migrator =>
    createMigrator({ sequelize, baseline: false, migrations, ...options })

/** Has what was noted say that it was: whatever comes from the files themselves says nothing of the kind. */
const MARK = `UPDATE sm2kit_revisions SET note = REPLACE(note, '"message":"', '"message":"noted: ')`
const markNotes = (sequelize: Sequelize) => sequelize.query(MARK)

/** Where `current()` has it from. */
const origin = async (migrator: Migrator): Promise<readonly string[]> =>
  (await migrator.current()).map(({ message }) => (message.startsWith('noted: ') ? 'note' : 'files'))

const withFiles = (
  engine: Parameters<typeof withDatabase>[0],
  files: Readonly<Record<string, string>>,
  use: (given: {
    readonly sequelize: Sequelize
    readonly folder: string
    readonly make: ReturnType<typeof making>
  }) => Promise<void>,
) =>
  withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    const folder = folderOf(files)
    await use({ sequelize, folder, make: making(sequelize, folder, await native()) })
  })

describeEngines('a run that leaves nothing to do', (engine) => {
  test.each(['step', 'run'] as const)('notes it, and what is current then (transaction: %s)', (transaction) =>
    withFiles(engine, three, async ({ sequelize, make }) => {
      await make({ transaction }).up()
      const [newest] = await make().history()
      expect(newest).toMatchObject({ revision: 'c3', message: 'says "it" — 字🎴', state: 'applied' })
      expect(await make().current()).toEqual([newest])
      await markNotes(sequelize)
      expect(await origin(make())).toEqual(['note'])
      const sent: string[] = []
      ;(sequelize as unknown as { options: { logging: unknown } }).options.logging = (sql: string) =>
        sent.push(sql)
      expect(await make().up()).toEqual([])
      expect(await make().upgrade()).toMatchObject({ direction: 'up', steps: [] })
      expect(await make().upgrade('heads')).toMatchObject({ direction: 'up', steps: [] })
      expect(await make().pending()).toEqual([])
      expect(sent).toHaveLength(4)
    }),
  )

  test('and what follows is run, and noted anew', () =>
    withFiles(engine, three, async ({ sequelize, folder, make }) => {
      await make().up()
      await markNotes(sequelize)
      write(join(folder, '4_d.js'), fileOf('d4', 'c3'))
      expect(await origin(make())).toEqual(['files'])
      expect(await make().pending()).toMatchObject([{ name: '4_d' }])
      expect(await make().up()).toMatchObject([{ name: '4_d' }])
      expect((await make().current()).map(({ revision }) => revision)).toEqual(['d4'])
      await markNotes(sequelize)
      expect(await origin(make())).toEqual(['note'])
      // The first note is true again of what it was written of.
      await make().down()
      rmSync(join(folder, '4_d.js'))
      expect((await make().current()).map(({ revision }) => revision)).toEqual(['c3'])
      expect(await origin(make())).toEqual(['note'])
    }))

  test('beside the shipped revision, with the options that it was applied with', () =>
    withFiles(engine, three, async ({ sequelize, make }) => {
      await make({ baseline: true }).up()
      const heads = (await make({ baseline: true }).history()).filter(({ isHead }) => isHead)
      expect(heads).toHaveLength(2)
      expect(await make({ baseline: true }).current()).toEqual(heads)
      await markNotes(sequelize)
      expect(await origin(make({ baseline: true }))).toEqual(['note', 'note'])
      await expect(make({ baseline: { prefix: 'x_' } }).up()).rejects.toMatchObject({
        code: 'EDITED_REVISION',
      })
      expect((await make({ baseline: false }).current()).map(({ state }) => state)).toEqual([
        'unknown',
        'applied',
      ])
    }))
})

describeEngines(
  'nothing is noted',
  (engine) => {
    test.each<
      [string, Readonly<Record<string, string>>, (make: ReturnType<typeof making>) => Promise<unknown>]
    >([
      ['by a part of a run', three, (make) => make().up({ to: '2_b' })],
      ['where a header is told by running the file alone', dynamic(), (make) => make().up()],
      ['with revisions in memory', three, (make) => make({ migrations: [], ...inMemory() }).up()],
      ['where `head` is several', forked(), (make) => make().up()],
      ['of labels without number', labelled(), (make) => make().up()],
    ])('%s', (_what, files, run) =>
      withFiles(engine, files, async ({ sequelize, make }) => {
        await run(make)
        expect(await rowsOf(sequelize, 'SELECT DISTINCT note FROM sm2kit_revisions')).toEqual([
          { note: null },
        ])
      }),
    )

    test('what is pending is found, and `head` refused, in the same words as without notes', () =>
      withFiles(engine, forked(), async ({ make }) => {
        await make().up()
        await expect(make().upgrade('head')).rejects.toMatchObject({ code: 'MULTIPLE_HEADS' })
      }))

    test('a note in the place of another one counts for nothing', () =>
      withFiles(engine, three, async ({ sequelize, make }) => {
        await make().up()
        await markNotes(sequelize)
        await sequelize.query("UPDATE sm2kit_revisions SET note = 'x' || note WHERE note IS NOT NULL")
        expect(await origin(make())).toEqual(['files'])
        expect(await make().up()).toEqual([])
      }))

    test('wrong options are refused all the same', () =>
      withFiles(engine, three, async ({ make }) => {
        await make().up()
        for (const wrong of [null, 7, 'a', { to: '' }, { nothing: 1 }])
          await expect(make().up(wrong as never)).rejects.toMatchObject({
            code: expect.stringMatching(/^(?:INVALID|UNKNOWN)_OPTION$/u),
          })
        await expect(make().upgrade('heads!')).rejects.toMatchObject({ code: 'UNKNOWN_REVISION' })
      }))
  },
  ({ name }) => name === 'sqlite',
)

function dynamic(): Record<string, string> {
  return {
    ...three,
    '3_c.js': fileOf('c3', 'b2').replace("exports.revision = 'c3'", "exports.revision = ['c3'].join()"),
  }
}

function forked(): Record<string, string> {
  return { ...three, '4_d.js': fileOf('d4', 'b2') }
}

function labelled(): Record<string, string> {
  const labels = Array.from({ length: 900 }, (_, index) => `a_label_of_some_length_${index}`)
  return { ...three, '3_c.js': fileOf('c3', 'b2', `exports.branchLabels = ${JSON.stringify(labels)}`) }
}

function inMemory(): Partial<MigratorOptions> {
  const body = { up: async () => {}, down: async () => {} }
  return { migrations: [{ revision: 'm', downRevision: null, ...body }] }
}

/** What may happen to files and rows between two starts. */
const CHANGES = {
  edit: (text: string) => `${text}\nexports.up = async () => {}; exports.down = async () => {}\n`,
  // Of the same length.
  type: (text: string) => text.replace('INTEGER', 'NUMERIC'),
  comment: (text: string) => `${text}\n// a comment\n`,
}
type Change =
  | { readonly kind: 'change'; readonly file: number; readonly what: keyof typeof CHANGES }
  | { readonly kind: 'restore' | 'remove' | 'add'; readonly file: number }
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'up' }
  | { readonly kind: 'down' }

const file = fc.nat({ max: 4 })
const revision = fc.constantFrom('a1', 'b2', 'c3', 'd4', 'e5')
const change: fc.Arbitrary<Change> = fc.oneof(
  { arbitrary: fc.constantFrom<Change>({ kind: 'up' }, { kind: 'down' }), weight: 4 },
  fc.record({
    kind: fc.constant('change' as const),
    file,
    what: fc.constantFrom('edit' as const, 'type' as const, 'comment' as const),
  }),
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('restore' as const, 'remove' as const, 'add' as const),
      file,
    }),
    weight: 3,
  },
  revision.chain((id) =>
    fc.record({
      kind: fc.constant('sql' as const),
      sql: fc.constantFrom(
        `DELETE FROM sm2kit_revisions WHERE revision = '${id}'`,
        `UPDATE sm2kit_revisions SET checksum = 'x' WHERE revision = '${id}'`,
        `UPDATE sm2kit_revisions SET checksum = NULL WHERE revision = '${id}'`,
        `UPDATE sm2kit_revisions SET revision = 'z' WHERE revision = '${id}'`,
        `UPDATE sm2kit_revisions SET breaking = 1 WHERE revision = '${id}'`,
      ),
    }),
  ),
)

/** Files that may be there: a line, a branch from it, and one that is added below. */
const FILES: readonly (readonly [string, string])[] = [
  ['1_a.js', fileOf('a1', null)],
  ['2_b.js', fileOf('b2', 'a1')],
  ['3_c.js', fileOf('c3', 'b2')],
  ['4_d.js', fileOf('d4', 'c3')],
  ['5_e.js', fileOf('e5', 'b2')],
]

const without = (key: string, value: unknown): unknown =>
  /^(?:durationMs|appliedAt)$/u.test(key) ? 0 : value

/** What a start answers, or how it refuses; without times. */
const answerOf = async (ask: () => Promise<unknown>): Promise<unknown> =>
  JSON.parse(
    JSON.stringify(
      await ask().catch(({ code, message }: { readonly code: string; readonly message: string }) => [
        code,
        message,
      ]),
      without,
    ),
  )

describe('whatever happens to files and rows', () => {
  test('a start answers as one does that finds no notes', async () => {
    const modules = await native()
    const databases = folderOf({})
    let noted = 0
    let looked = 0
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        const folder = folderOf(Object.fromEntries(FILES.slice(0, 3)))
        const storage = join(databases, 'one.sqlite')
        rmSync(storage, { force: true })
        /** On a copy of the database, after `sql`. */
        const onCopy = async <T>(sql: string, use: (migrator: Migrator) => Promise<T>): Promise<T> => {
          const copy = join(databases, 'copy.sqlite')
          copyFileSync(storage, copy)
          const sequelize = new Sequelize({ dialect: 'sqlite', storage: copy, logging: false })
          await sequelize.query(sql)
          const result = await use(making(sequelize, folder, modules)())
          await sequelize.close()
          return result
        }
        const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false })
        const make = making(sequelize, folder, modules)
        await make().up()
        for (const one of changes) {
          await apply(one, folder, sequelize, make)
          for (const verb of ['current', 'pending', 'up', 'upgrade'] as const) {
            const ask = (migrator: Migrator) => answerOf(() => migrator[verb]())
            const found = await onCopy('SELECT 1', ask)
            expect([verb, found]).toEqual([
              verb,
              await onCopy('UPDATE sm2kit_revisions SET note = NULL', ask),
            ])
          }
          looked += 1
          const from = await onCopy(MARK, (migrator) => answerOf(() => origin(migrator)))
          if ((from as readonly string[]).includes('note')) noted += 1
        }
        await sequelize.close()
      }),
      runs(30, 1_000),
    )
    // That notes are read, and that they are not always.
    expect(noted).toBeGreaterThan(looked / 20)
    expect(noted).toBeLessThan(looked)
  }, 1_200_000)
})

const apply = async (
  one: Change,
  folder: string,
  sequelize: Sequelize,
  make: ReturnType<typeof making>,
): Promise<void> => {
  if (one.kind === 'sql') {
    // It may make a row of an id that is there.
    await sequelize.query(one.sql).catch(() => {})
  } else if (one.kind === 'up' || one.kind === 'down') {
    await make()
      [one.kind]()
      .catch(() => {})
  } else {
    const [name, text] = FILES[one.file] as readonly [string, string]
    if (one.kind === 'remove') rmSync(join(folder, name), { force: true })
    else write(join(folder, name), one.kind === 'change' ? CHANGES[one.what](text) : text)
  }
}
