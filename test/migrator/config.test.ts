import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Sequelize } from 'sequelize'
import type { MigratorOptions } from 'sm2kit/migrator'
import { describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/migrator/config.js'
import { MigratorError } from '../../src/migrator/errors.js'
import { createMigrator } from '../../src/migrator/index.js'
import { recordingLogger, thrown } from './support.js'

const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })

/** Nothing said of what is compared. */
const NO_AUTOGENERATE = {
  include: undefined,
  compare: {},
  renames: {},
  processOperations: [],
  compareType: undefined,
  namingConvention: undefined,
  shadow: undefined,
}

/** As a host without types would write it. */
const parse = (options: object) => parseOptions({ sequelize, ...options } as MigratorOptions)

test('every option has the default that the documentation names', () => {
  const { sequelize: given, logger, ...rest } = parse({})
  expect(given).toBe(sequelize)
  expect(Object.keys(logger).sort()).toEqual(['debug', 'error', 'info', 'warn'])
  expect(rest).toEqual({
    folders: [],
    revisions: [],
    baseline: { prefix: 'sm2_', learnerId: 'string', itemId: 'string' },
    versionTable: { tableName: 'sm2kit_revisions' },
    transaction: 'step',
    lockTimeoutMs: 60_000,
    models: undefined,
    autogenerate: NO_AUTOGENERATE,
  })
})

test('an option that is undefined has its default', () => {
  const names = [
    ...['migrations', 'models', 'baseline', 'versionTable', 'transaction', 'lock', 'logger'],
    ...Object.keys(NO_AUTOGENERATE),
  ]
  const { logger: _one, ...given } = parse(Object.fromEntries(names.map((name) => [name, undefined])))
  const { logger: _other, ...defaults } = parse({})
  expect(given).toEqual(defaults)
  expect(
    parse({ baseline: { prefix: undefined, schema: undefined, learnerId: undefined, itemId: undefined } })
      .baseline,
  ).toEqual(defaults.baseline)
})

test('every option that is given is taken', () => {
  const logger = recordingLogger()
  const include = () => true
  const hook = () => undefined
  const revision = { revision: 'a', up: async () => {} }
  const folder = join(import.meta.dirname, 'über dem Fluß')
  expect(
    parse({
      migrations: ['./a', revision, pathToFileURL(folder), './a'],
      models: {},
      baseline: { prefix: 'x', schema: 's', learnerId: 'uuid', itemId: 'bigint' },
      versionTable: { tableName: 't', schema: 's' },
      transaction: 'run',
      lock: { timeoutMs: 0 },
      logger,
      include,
      compare: { names: false },
      renames: { a: 'b' },
      processOperations: hook,
      compareType: include,
      namingConvention: hook,
      shadow: { url: 'sqlite::memory:' },
    }),
  ).toEqual({
    sequelize,
    folders: ['./a', folder],
    revisions: [revision],
    baseline: { prefix: 'x', schema: 's', learnerId: 'uuid', itemId: 'bigint' },
    versionTable: { tableName: 't', schema: 's' },
    transaction: 'run',
    lockTimeoutMs: 0,
    logger,
    models: {},
    autogenerate: {
      include,
      compare: { names: false },
      renames: { a: 'b' },
      processOperations: [hook],
      compareType: include,
      namingConvention: hook,
      shadow: { url: 'sqlite::memory:' },
    },
  })
  expect(parse({ processOperations: [hook, hook] }).autogenerate.processOperations).toEqual([hook, hook])
  expect(parse({ baseline: false }).baseline).toBe(false)
  expect(parse({ baseline: { prefix: '' } }).baseline).toMatchObject({ prefix: '' })
  expect(parse({ versionTable: 't' }).versionTable).toEqual({ tableName: 't' })
  expect(parse({ migrations: './a' }).folders).toEqual(['./a'])
  expect(parse({ logger: console }).logger).toBe(console)
})

describe('an unknown option is refused, with the one that may be meant', () => {
  test.each([
    ['migration', { migration: './a' }, 'migrations'],
    ['migratons', { migratons: './a' }, 'migrations'],
    ['Migrations', { Migrations: './a' }, 'migrations'],
    ['tansaction', { tansaction: 'run' }, 'transaction'],
    ['versiontable', { versiontable: 'x' }, 'versionTable'],
    ['loger', { loger: console }, 'logger'],
    ['baseline.prefx', { baseline: { prefx: 'x' } }, 'baseline.prefix'],
    ['baseline.learnerID', { baseline: { learnerID: 'uuid' } }, 'baseline.learnerId'],
    ['versionTable.tablename', { versionTable: { tablename: 'x' } }, 'versionTable.tableName'],
    ['lock.timeout', { lock: { timeout: 5 } }, 'lock.timeoutMs'],
  ])('%s', (name, options, meant) => {
    const error = thrown(() => parse(options))
    expect(error).toBeInstanceOf(MigratorError)
    expect(error).toMatchObject({ code: 'UNKNOWN_OPTION', subject: name })
    expect(error.message).toContain(`There is no option "${name}". Did you mean "${meant}"?`)
  })

  test.each(['storage', 'glob', 'context', 'x'])('%s, which is like none', (name) => {
    const error = thrown(() => parse({ [name]: 1 }))
    expect(error).toMatchObject({ code: 'UNKNOWN_OPTION', subject: name })
    expect(error.message).not.toContain('Did you mean')
    expect(error.message).toContain('The options are sequelize, migrations, models, baseline,')
  })
})

const logger = { info() {}, warn() {}, error() {}, debug() {} }

describe('a value that an option cannot have is refused by the name of the option', () => {
  test.each<[string, object]>([
    ['sequelize', { sequelize: undefined }],
    ['sequelize', { sequelize: 'sqlite::memory:' }],
    ['sequelize', { sequelize: Sequelize }],
    ['sequelize', { sequelize: {} }],
    ['migrations', { migrations: '' }],
    ['migrations', { migrations: 5 }],
    ['migrations', { migrations: null }],
    ['migrations', { migrations: ['./a', ''] }],
    ['migrations', { migrations: [['./a']] }],
    ['migrations', { migrations: [undefined] }],
    ['migrations', { migrations: new URL('https://example.org/migrations') }],
    ['models', { models: 5 }],
    ['models', { models: 'Card' }],
    ['baseline', { baseline: 'sm2_' }],
    ['baseline', { baseline: null }],
    ['baseline', { baseline: [] }],
    ['baseline.prefix', { baseline: { prefix: 5 } }],
    ['baseline.prefix', { baseline: { prefix: null } }],
    // Sequelize takes a dot for the end of a schema's name; there is an option for that.
    ['baseline.prefix', { baseline: { prefix: 'learning.' } }],
    ['baseline.schema', { baseline: { schema: '' } }],
    ['baseline.schema', { baseline: { schema: 5 } }],
    ['baseline.learnerId', { baseline: { learnerId: 'int' } }],
    ['baseline.itemId', { baseline: { itemId: 'UUID' } }],
    ['versionTable', { versionTable: '' }],
    ['versionTable', { versionTable: 5 }],
    ['versionTable', { versionTable: {} }],
    ['versionTable', { versionTable: { tableName: '' } }],
    ['versionTable', { versionTable: 'SequelizeMeta' }],
    ['versionTable', { versionTable: { tableName: 'SequelizeMeta', schema: 'x' } }],
    ['versionTable.schema', { versionTable: { tableName: 'x', schema: '' } }],
    ['transaction', { transaction: 'all' }],
    ['transaction', { transaction: true }],
    ['include', { include: 'words' }],
    ['compare', { compare: [] }],
    ['renames', { renames: ['a'] }],
    ['renames', { renames: { a: '' } }],
    ['processOperations', { processOperations: [{}] }],
    ['compareType', { compareType: true }],
    ['namingConvention', { namingConvention: { ix: 'a' } }],
    ['shadow', { shadow: 'sqlite::memory:' }],
    ['shadow.url', { shadow: { url: 5 } }],
    ['lock', { lock: 5 }],
    ['lock', { lock: null }],
    ['lock.timeoutMs', { lock: { timeoutMs: -1 } }],
    ['lock.timeoutMs', { lock: { timeoutMs: Number.NaN } }],
    ['lock.timeoutMs', { lock: { timeoutMs: Number.POSITIVE_INFINITY } }],
    ['lock.timeoutMs', { lock: { timeoutMs: 2 ** 31 } }],
    ['lock.timeoutMs', { lock: { timeoutMs: '60000' } }],
    ['logger', { logger: true }],
    ['logger', { logger: null }],
    ['logger', { logger: { info() {}, warn() {}, error() {} } }],
    ['logger', { logger: { ...logger, debug: 'x' } }],
  ])('%s: %o', (name, options) => {
    const error = thrown(() => parse(options))
    expect(error).toBeInstanceOf(MigratorError)
    expect(error).toMatchObject({ code: 'INVALID_OPTION', subject: name })
    expect(error.message).toMatch(
      new RegExp(`^The option "${name}" is .+; it must be .+\\. Nothing was run\\.$`, 'su'),
    )
  })

  test.each([undefined, null, 5, 'x', [], () => {}])('all of them: %o', (options) => {
    const error = thrown(() => parseOptions(options as unknown as MigratorOptions))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', subject: 'options' })
  })
})

test('a message never shows the inside of what was given', () => {
  const secret = { url: 'postgres://me:hush@host/db', toString: () => 'hush' }
  for (const name of ['sequelize', 'baseline', 'versionTable', 'lock', 'logger', 'shadow', 'include']) {
    expect(thrown(() => parse({ [name]: secret })).message).not.toContain('hush')
  }
})

test('an engine that is not one of three is refused by its name, before anything is connected', () => {
  const other = Object.create(sequelize, { getDialect: { value: () => 'oracle' } }) as Sequelize
  const error = thrown(() => createMigrator({ sequelize: other }))
  expect(error).toMatchObject({ code: 'UNSUPPORTED_ENGINE', subject: 'oracle' })
})

test('SQLite storage that gives every transaction a database of its own is refused', () => {
  const empty = new Sequelize({ dialect: 'sqlite', storage: '', logging: false })
  expect(thrown(() => createMigrator({ sequelize: empty }))).toMatchObject({ code: 'UNSUPPORTED_STORAGE' })
})
