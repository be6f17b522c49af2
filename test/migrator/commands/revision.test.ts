import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { Sequelize } from 'sequelize'
import type { MigratorOptions, NewRevisionOptions } from 'sm2kit/migrator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { failure, folderOf, native, revisionOf, runs } from '../support.js'
import { hostOf } from './host.js'

const { createMigrator } = await native()

const BASELINE = 'f3e3ac684f8e'
const memory = (): Sequelize => new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
const migratorOf = (migrations: MigratorOptions['migrations'], rest: Partial<MigratorOptions> = {}) =>
  createMigrator({ sequelize: memory(), migrations, ...rest })

const file = (revision: string, downRevision: string | readonly string[] | null, rest = ''): string =>
  `exports.revision = ${JSON.stringify(revision)}\nexports.downRevision = ${JSON.stringify(downRevision)}\n${rest}
exports.up = async () => {}\nexports.down = async () => {}\n`

/** One line of the host's: `a1a1` below `b1b1`. */
const line = { '20260101000000_a.cjs': file('a1a1', null), '20260102000000_b.cjs': file('b1b1', 'a1a1') }
/** Two heads, `b1b1` and `c1c1`, the second of the branch `billing`. */
const twoHeads = {
  ...line,
  '20260103000000_c.cjs': file('c1c1', 'a1a1', "exports.branchLabels = ['billing']"),
}

describe('a new revision', () => {
  test('is the first of the host: it stands on nothing and needs the shipped tables; the next one stands on it', async () => {
    const folder = hostOf()
    const migrator = migratorOf(folder)
    const before = Date.now()
    const first = await migrator.revision({ message: 'add words' })
    expect(first).toEqual({
      revision: expect.stringMatching(/^[0-9a-f]{12}$/u),
      path: expect.stringMatching(/\d{14}_add_words\.ts$/u),
      message: 'add words',
      downRevision: [],
    })
    expect(dirname(first.path)).toBe(folder)
    const stamp = basename(first.path).replace(
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)_.*/u,
      '$1-$2-$3T$4:$5:$6Z',
    )
    expect(Math.abs(Date.parse(stamp) - before)).toBeLessThan(10_000)

    const second = await migrator.revision({ message: 'add words' })
    expect(second.downRevision).toEqual([first.revision])
    expect(basename(second.path) > basename(first.path)).toBe(true)
    const [newest, oldest] = await migrator.history()
    expect([newest?.revision, newest?.dependsOn, newest?.state]).toEqual([second.revision, [], 'pending'])
    expect([oldest?.revision, oldest?.dependsOn]).toEqual([first.revision, [BASELINE]])
  })

  test('needs nothing where no tables are shipped, or where it says so', async () => {
    const bare = migratorOf(hostOf(), { baseline: false })
    await bare.revision({ message: 'a' })
    expect((await bare.show('head')).dependsOn).toEqual([])
    const told = migratorOf(hostOf())
    const { revision } = await told.revision({ message: 'a', dependsOn: [] })
    expect((await told.show(revision)).dependsOn).toEqual([])
  })

  test.each(['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'] as const)(
    'of the format %s is loaded and run as it is, up and down',
    async (format) => {
      const folder = hostOf({ 'package.json': '{ "type": "commonjs" }' })
      const migrator = migratorOf(folder)
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the case.
      const message = 'it\'s `a` "test" */\n${x} \\ 日本'
      const { revision, path } = await migrator.revision({ message, format })
      expect(path.endsWith(`_its_a_test_x.${format}`)).toBe(true)
      expect((await migrator.upgrade()).steps.map((step) => step.revision)).toEqual([BASELINE, revision])
      expect((await migrator.show(revision)).message).toBe(message)
      expect((await migrator.downgrade('base')).steps.map((step) => step.revision)).toEqual([
        revision,
        BASELINE,
      ])
    },
  )

  test('is of the format of its neighbours', async () => {
    for (const [name, format] of [
      ['20260101000000_a.cjs', 'cjs'],
      ['a.mjs', 'mjs'],
      ['a.js', 'js'],
      ['a.d.ts', 'ts'],
    ] as const) {
      const folder = hostOf({
        [name]: name.endsWith('.d.ts')
          ? ''
          : name.endsWith('mjs')
            ? 'export const up = async () => {}'
            : file('a1', null),
      })
      expect((await migratorOf(folder).revision({ message: 'b' })).path).toMatch(
        new RegExp(`\\.${format}$`, 'u'),
      )
    }
  })

  test('is TypeScript where the working folder has a configuration of it, else what the package is', async () => {
    const there = process.cwd()
    onTestFinished(() => process.chdir(there))
    const folder = folderOf({ 'package.json': '{ "type": "module" }' })
    mkdirSync(join(folder, 'app'))
    process.chdir(join(folder, 'app'))
    const esm = await migratorOf('./migrations').revision({ message: 'a' })
    expect(esm.path.endsWith('.js')).toBe(true)
    expect(readFileSync(esm.path, 'utf8')).toContain('export const up')
    writeFileSync(join(folder, 'package.json'), '{}')
    const commonjs = await migratorOf('./others').revision({ message: 'a' })
    expect(readFileSync(commonjs.path, 'utf8')).toContain('exports.up')
    writeFileSync(join(folder, 'tsconfig.json'), '{}')
    expect((await migratorOf('./more').revision({ message: 'a' })).path.endsWith('.ts')).toBe(true)
  })

  test('asks no database', async () => {
    const sequelize = new Sequelize({
      dialect: 'sqlite',
      storage: '/no/such/folder/db.sqlite',
      logging: false,
    })
    await createMigrator({ sequelize, migrations: hostOf() }).revision({ message: 'a' })
  })
})

describe('what it stands on', () => {
  const parentsOf = async (files: Readonly<Record<string, string>>, options: Partial<NewRevisionOptions>) =>
    (await migratorOf(folderOf(files)).revision({ message: 'new', ...options })).downRevision

  test.each<[string, Partial<NewRevisionOptions>, readonly string[]]>([
    ['a head by its id', { head: 'c1c1' }, ['c1c1']],
    ['a head by the name of its file', { head: '20260102000000_b' }, ['b1b1']],
    ['the head of a branch', { head: 'billing@head' }, ['c1c1']],
    ['all heads', { head: 'heads' }, ['b1b1', 'c1c1']],
    ['several', { head: ['c1c1', 'b1b1'] }, ['c1c1', 'b1b1']],
    ['what has a child, with splice', { head: 'a1a1', splice: true }, ['a1a1']],
    ['nothing', { head: 'base' }, []],
    ['a shipped revision', { head: BASELINE }, [BASELINE]],
  ])('is %s', async (_what, options, parents) => {
    expect(await parentsOf(twoHeads, options)).toEqual(parents)
  })

  test('is the one head, also of revisions in memory', async () => {
    expect(await parentsOf(line, {})).toEqual(['b1b1'])
    const migrator = migratorOf([folderOf({}), revisionOf('m1', null)])
    expect((await migrator.revision({ message: 'new' })).downRevision).toEqual(['m1'])
  })

  test.each<[string, Partial<NewRevisionOptions>, string]>([
    ['several heads and none named', {}, 'MULTIPLE_HEADS'],
    ['one that has a child', { head: 'a1a1' }, 'NOT_A_HEAD'],
    ['one that is not there', { head: 'nosuch' }, 'UNKNOWN_REVISION'],
    ['an empty name', { head: '' }, 'INVALID_OPTION'],
    ['no names', { head: [] }, 'INVALID_OPTION'],
  ])('is refused: %s', async (_what, options, code) => {
    const folder = folderOf(twoHeads)
    const error = await failure(migratorOf(folder).revision({ message: 'new', ...options }))
    expect(error.code).toBe(code)
    expect(readdirSync(folder)).toEqual(Object.keys(twoHeads))
  })
})

describe('options', () => {
  test('dependsOn takes ids, starts of ids, names and labels, and writes ids', async () => {
    const folder = folderOf({ ...twoHeads, '20260104000000_d.cjs': file('d1d1d1d1', null) })
    const migrator = migratorOf(folder)
    const dependsOn = ['d1d1d1', '20260102000000_b', 'billing', 'sm2@head', 'c1c1']
    const { revision } = await migrator.revision({ message: 'new', head: 'base', dependsOn })
    expect((await migrator.show(revision)).dependsOn).toEqual(['d1d1d1d1', 'b1b1', 'c1c1', BASELINE])
  })

  test('branchLabel names the line', async () => {
    const migrator = migratorOf(folderOf(line))
    const { revision } = await migrator.revision({ message: 'new', branchLabel: ['stars', 'stars', 'moons'] })
    expect((await migrator.show('stars@head')).branchLabels).toEqual(['stars', 'moons'])
    expect((await migrator.show('moons')).revision).toBe(revision)
  })

  test('id is taken as it is given', async () => {
    const migrator = migratorOf(folderOf(line))
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the case.
    const id = 'it\'s.\\odd/"id`${x}'
    expect((await migrator.revision({ message: '', id })).revision).toBe(id)
    expect((await migrator.upgrade('heads')).steps.at(-1)?.revision).toBe(id)
  })

  test('folder is one of those of the options, and is made where it is missing', async () => {
    const root = folderOf({})
    const [first, second] = [join(root, 'a', 'b'), join(root, 'c')]
    const migrator = migratorOf([first])
    expect(dirname((await migrator.revision({ message: 'a' })).path)).toBe(first)
    const both = migratorOf([first, second])
    expect((await failure(both.pending())).code).toBe('FOLDER_NOT_FOUND')
    const made = await both.revision({ message: 'b', folder: `${second}/.` })
    expect(dirname(made.path)).toBe(second)
    expect(made.downRevision).toHaveLength(1)
  })

  const refused: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ messages: 'a' }, 'UNKNOWN_OPTION'],
    [{ message: undefined }, 'INVALID_OPTION'],
    [{ message: 3 }, 'INVALID_OPTION'],
    [{ autogenerate: true }, 'NO_MODELS'],
    [{ autogenerate: true, allowPending: true }, 'NO_MODELS'],
    [{ autogenerate: true, preview: true }, 'INVALID_OPTION'],
    [{ autogenerate: true, renames: { a: 1 } }, 'INVALID_OPTION'],
    [{ autogenerate: true, shadow: { uri: 'x' } }, 'UNKNOWN_OPTION'],
    [{ renames: { a: 'b' } }, 'INVALID_OPTION'],
    [{ allowPending: true }, 'INVALID_OPTION'],
    [{ autogenerate: 'yes' }, 'INVALID_OPTION'],
    [{ splice: 1 }, 'INVALID_OPTION'],
    [{ format: 'sql' }, 'INVALID_OPTION'],
    [{ format: '../x' }, 'INVALID_OPTION'],
    [{ folder: '../elsewhere' }, 'INVALID_OPTION'],
    [{ folder: '' }, 'INVALID_OPTION'],
    [{ id: 'a1a1' }, 'DUPLICATE_REVISION'],
    [{ id: '20260101000000_a' }, 'DUPLICATE_REVISION'],
    [{ id: BASELINE }, 'DUPLICATE_REVISION'],
    [{ id: 'sm2' }, 'DUPLICATE_REVISION'],
    [{ id: 'head' }, 'INVALID_REVISION'],
    [{ id: 'a b' }, 'INVALID_REVISION'],
    [{ id: '' }, 'INVALID_REVISION'],
    [{ id: 'x'.repeat(65) }, 'INVALID_REVISION'],
    [{ branchLabel: 'sm2' }, 'DUPLICATE_REVISION'],
    [{ branchLabel: 'a1a1' }, 'DUPLICATE_REVISION'],
    [{ branchLabel: 'base' }, 'INVALID_REVISION'],
    [{ branchLabel: 'a@b' }, 'INVALID_REVISION'],
    [{ branchLabel: '' }, 'INVALID_OPTION'],
    [{ id: 'same', branchLabel: 'same' }, 'DUPLICATE_REVISION'],
    [{ dependsOn: 'nosuch' }, 'UNKNOWN_REVISION'],
    [{ dependsOn: 'base' }, 'INVALID_OPTION'],
    [{ dependsOn: [3] }, 'INVALID_OPTION'],
  ]
  test.each(refused)('%j is refused with %s, and nothing is written', async (options, code) => {
    const folder = folderOf(line)
    const given = { message: 'new', ...options } as unknown as NewRevisionOptions
    const error = await failure(migratorOf(folder).revision(given))
    expect([error.code, error.message]).toEqual([
      code,
      expect.stringMatching(/Nothing was (?:written|run)\./u),
    ])
    expect(readdirSync(folder)).toEqual(Object.keys(line))
  })

  test('nothing can be written where no folder is configured, and the message says what to do', async () => {
    const error = await failure(migratorOf([revisionOf('m1', null)]).revision({ message: 'a' }))
    expect([error.code, error.message]).toEqual(['INVALID_OPTION', expect.stringContaining('"./migrations"')])
    expect((await failure(migratorOf(undefined).revision(undefined as never))).code).toBe('INVALID_OPTION')
  })
})

describe('in a folder of plain files', () => {
  const plain = (table: string): string =>
    `exports.up = ({ context }) => context.createTable('${table}', { id: { type: 'INTEGER', primaryKey: true } })
exports.down = ({ context }) => context.dropTable('${table}')\n`
  const files = { '20260101000000-words.js': plain('words'), '20260102000000-decks.js': plain('decks') }

  test('it stands on the newest; a plain file that comes later is a second head, which a merge joins', async () => {
    const folder = folderOf(files)
    const migrator = migratorOf(folder)
    const stars = await migrator.revision({ message: 'stars' })
    expect(stars.downRevision).toEqual(['20260102000000-decks'])
    expect(stars.path.endsWith('.js')).toBe(true)
    expect((await migrator.upgrade()).steps).toHaveLength(4)

    const later = '29991231000000-late'
    writeFileSync(join(folder, `${later}.js`), plain('late'))
    expect((await failure(migrator.upgrade())).code).toBe('MULTIPLE_HEADS')
    // Umzug's verb runs whatever is pending.
    expect((await migrator.up()).map(({ name }) => name)).toEqual([later])
    const merged = await migrator.merge('heads')
    expect(merged.downRevision.toSorted()).toEqual([later, stars.revision].toSorted())
    expect((await migrator.upgrade()).steps.map(({ revision }) => revision)).toEqual([merged.revision])
    expect((await migrator.downgrade('base')).steps).toHaveLength(6)
  })
})

describe('whatever it is given', () => {
  const hostile = fc.constantFrom(
    ...[
      '../../x',
      '/etc/x',
      'C:\\x',
      '..',
      '.',
      '\0',
      'CON',
      'a/../b',
      '-m',
      '--',
      '~',
      '$HOME',
      '`id`',
      'head',
      '%2e%2e%2f',
    ],
  )
  const text = fc.oneof(hostile, fc.string(), fc.string({ unit: 'binary', maxLength: 400 }))
  const options = fc.record(
    {
      message: text,
      id: text,
      branchLabel: text,
      head: text,
      dependsOn: text,
      folder: text,
      splice: fc.boolean(),
    },
    { requiredKeys: ['message'] },
  )

  test('there is one file more, with that message, in that folder; or none, and an error with a code', async () => {
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        const above = folderOf({
          ...Object.fromEntries(Object.entries(line).map(([name, source]) => [`migrations/${name}`, source])),
        })
        const folder = join(above, 'migrations')
        const migrator = migratorOf(folder)
        const outcome = await migrator.revision(given).catch((error: unknown) => error)
        expect(readdirSync(above)).toEqual(['migrations'])
        const written = readdirSync(folder).filter((name) => !(name in line))
        if (outcome instanceof Error) {
          expect(outcome).toHaveProperty('code', expect.stringMatching(/^[A-Z_]+$/u))
          expect(outcome.message).not.toContain(above)
          expect(written).toEqual([])
          return
        }
        expect(written).toEqual([expect.stringMatching(/^\d{14}_[a-z0-9_]{1,40}\.cjs$/u)])
        const { revision, message } = outcome as { revision: string; message: string }
        expect(message).toBe(given.message)
        expect((await migrator.show(revision)).message).toBe(given.message)
      }),
      runs(60, 2000),
    )
  })
})
