// What a revision with rows in the tables leaves, and what its way back gives them.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataType, DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'
import { reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type EngineDialect, withDatabase } from '../../support/engines/index.js'
import { generating } from '../commands/generating.js'
import { hostOf } from '../commands/host.js'
import { failure, native, rowsOf } from '../support.js'

const { createMigrator } = await native()

const plain = { timestamps: false }

/** A type, a value of it, and what comes back instead. */
const typesOf = (dialect: EngineDialect): readonly (readonly [string, DataType, unknown])[] => [
  ['text', DataTypes.STRING(40), 'perro'],
  ['long', DataTypes.TEXT, 'perro'],
  ['number', DataTypes.INTEGER, 7],
  ['exact', DataTypes.DECIMAL(8, 2), 1.5],
  ['big', DataTypes.BIGINT, 7],
  ['wide', DataTypes.DOUBLE, 1.5],
  ['flag', DataTypes.BOOLEAN, true],
  ['at', DataTypes.DATE, new Date(86_400_000 * 400)],
  ['day', DataTypes.DATEONLY, '2026-11-27'],
  ['hour', DataTypes.TIME, '10:11:12'],
  ['uuid', DataTypes.UUID, 'b2f0e6c8-5a5e-4d43-9a31-0f3f0f7e2a11'],
  ['data', DataTypes.JSON, { a: 1 }],
  ['kind', DataTypes.ENUM("it's", 'verb'), 'verb'],
  ['bytes', DataTypes.BLOB, Buffer.from('0b')],
  ...(dialect === 'postgres'
    ? ([
        ['list', DataTypes.ARRAY(DataTypes.INTEGER), [1]],
        ['kinds', DataTypes.ARRAY(DataTypes.ENUM('a', 'b')), ['b']],
        ['span', DataTypes.RANGE(DataTypes.INTEGER), [1, 2]],
        ['host', DataTypes.INET, '10.0.0.1'],
        ['document', DataTypes.JSONB, { a: 1 }],
      ] as const)
    : []),
]

const required = (dialect: EngineDialect): ModelAttributes =>
  Object.fromEntries(typesOf(dialect).map(([name, type]) => [name, { type, allowNull: false }]))

describeEngines(
  'a required column that is dropped from a table with rows',
  (engine) => {
    const migratorOn = (sequelize: Sequelize, later: Sequelize) =>
      createMigrator({
        sequelize,
        models: later.models,
        migrations: join(hostOf({ 'package.json': '{"type":"module"}' }), 'migrations'),
        baseline: false,
      })

    test('comes back exactly as it was, with a value that says nothing in each row', () =>
      withDatabase(engine, async (database) => {
        const [first, second] = [database.connect(), database.connect()]
        const attributes = required(engine.dialect)
        const Word = first.define('word', attributes, plain)
        await first.sync()
        const row = Object.fromEntries(typesOf(engine.dialect).map(([name, , value]) => [name, value]))
        await Word.bulkCreate([{ ...row }, { ...row }])
        second.define('word', {}, plain)
        const migrator = migratorOn(first, second)
        const before = await reflect(first)
        const { path } = await migrator.revision({ message: 'less', autogenerate: true, format: 'mjs' })
        const text = readFileSync(path, 'utf8')
        await migrator.upgrade('head')
        expect(await migrator.differences(), text).toEqual([])
        await migrator.downgrade('base')
        const after = await reflect(first)
        const columnsOf = (schema: typeof before) =>
          schema.tables[0]?.columns.toSorted((one, other) => (one.name < other.name ? -1 : 1))
        expect(columnsOf(after), text).toEqual(columnsOf(before))
        expect(after.enums).toEqual(before.enums)
        const back = await Word.findAll({ raw: true, attributes: { exclude: ['id', 'span', 'at'] } })
        expect(back).toHaveLength(2)
        expect(back[0]).toMatchObject({ text: '', long: '', number: 0, day: '1970-01-01' })
        // On SQLite an enum is a text.
        expect(back[0]).toMatchObject({ kind: engine.dialect === 'sqlite' ? '' : "it's" })
        expect(text).toContain('// what rows held in text is lost: say what they get instead')
      }))

    test('waits for its author where equal values could be refused, before anything is done', () =>
      withDatabase(engine, async (database) => {
        const [first, second] = [database.connect(), database.connect()]
        const Word = first.define(
          'word',
          {
            text: { type: DataTypes.STRING(40), allowNull: false, unique: true },
            stars: { type: DataTypes.INTEGER, allowNull: false },
          },
          plain,
        )
        await first.sync()
        await Word.bulkCreate([
          { text: 'a', stars: 1 },
          { text: 'b', stars: 2 },
        ])
        second.define('word', {}, plain)
        const migrator = migratorOn(first, second)
        await migrator.revision({ message: 'less', autogenerate: true, format: 'mjs' })
        await migrator.upgrade('head')
        const between = await reflect(first)
        const error = await failure(migrator.downgrade('base'))
        expect(error.message).toMatch(/text/u)
        expect(error).toMatchObject({ code: 'INCOMPLETE_REVISION' })
        expect(await reflect(first)).toEqual(between)
        expect(await rowsOf(first, 'SELECT id FROM words')).toHaveLength(2)
      }))
  },
  ({ isShared }) => isShared,
)

describeEngines(
  'a unique column with a default, which may be NULL,',
  (engine) => {
    const id = { type: DataTypes.INTEGER, primaryKey: true }
    const short = DataTypes.STRING(40)
    const optional: ModelAttributes = {
      id,
      code: { type: short, defaultValue: 'none', unique: true },
      stars: { type: DataTypes.INTEGER, defaultValue: 3, unique: 'by_stars' },
      deck: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1, unique: 'by_stars' },
      place: { type: DataTypes.INTEGER, defaultValue: 7 },
      plain: { type: DataTypes.INTEGER, defaultValue: 5 },
      text: short,
      last: { type: short, defaultValue: 'end', unique: true },
    }
    const indexes = [{ name: 'words_place', unique: true, fields: ['place'] }]

    test('comes back with NULL in the rows that are there, and its default in new ones', () =>
      generating(engine, async ({ sequelize, migrator, models, look, generate }) => {
        // On PostgreSQL what comes back stands behind the rest.
        const sorted = async () =>
          (await look()).tables.map(({ columns, ...table }) => ({
            ...table,
            columns: columns.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
          }))
        models((instance) => {
          instance.define('word', optional, { ...plain, indexes })
        })
        await sequelize.sync()
        await sequelize.model('word').bulkCreate(
          [1, 2, 3].map((row) => ({
            id: row,
            code: `c${row}`,
            stars: row,
            deck: 1,
            place: row,
            plain: row,
            last: `l${row}`,
          })),
        )
        const former = await sorted()
        const deck = { type: DataTypes.INTEGER, allowNull: false, defaultValue: 1 }
        models((instance) => {
          instance.define('word', { id, deck, text: short }, plain)
        })
        const { text } = await generate()
        await migrator.downgrade('-1')
        expect(await sorted(), text).toEqual(former)
        const columns = 'id, code, stars, deck, place, plain, last'
        const rows = await rowsOf(sequelize, `SELECT ${columns} FROM words ORDER BY id`)
        expect(rows, text).toEqual(
          [1, 2, 3].map((row) => ({
            id: row,
            code: null,
            stars: null,
            deck: 1,
            place: null,
            plain: 5,
            last: null,
          })),
        )
        await sequelize.query('INSERT INTO words (id) VALUES (4)')
        expect(await rowsOf(sequelize, `SELECT ${columns} FROM words WHERE id = 4`)).toEqual([
          { id: 4, code: 'none', stars: 3, deck: 1, place: 7, plain: 5, last: 'end' },
        ])
      }))
  },
  ({ isShared }) => isShared,
)

describeEngines(
  'columns that are taken back',
  (engine) => {
    const placed = (sequelize: Sequelize, attributes: ModelAttributes): void => {
      sequelize.define('word', attributes, plain)
    }
    const id = { type: DataTypes.INTEGER, primaryKey: true }
    const required = { type: DataTypes.INTEGER, allowNull: false }
    const text = DataTypes.STRING(40)

    test('stand where they stood', () =>
      generating(engine, async ({ sequelize, models, look, generate, back }) => {
        models((instance) =>
          placed(instance, {
            code: text,
            id,
            a: text,
            stars: required,
            b: { type: text, unique: true },
            c: { type: text, defaultValue: 'x' },
            d: text,
          }),
        )
        await sequelize.sync()
        await sequelize.model('word').bulkCreate([
          { id: 1, code: 'k', a: 'one', stars: 3, b: 'p', c: 'q', d: 'r' },
          { id: 2, code: 'l', a: 'two', stars: 4, b: 's', c: 't', d: 'u' },
        ])
        const former = await look()
        models((instance) => placed(instance, { id, aa: text, d: text }))
        const { text: written } = await generate({ renames: { 'words.a': 'aa' } })
        expect(written).toContain('first: true')
        expect(written).toContain("after: 'aa'")
        await back(former)
        const rows = await rowsOf(sequelize, 'SELECT * FROM words ORDER BY id')
        expect(Object.keys(rows[0] ?? {})).toEqual(['code', 'id', 'a', 'stars', 'b', 'c', 'd'])
        expect(rows.map((row) => [row['id'], row['a'], row['d']])).toEqual([
          [1, 'one', 'r'],
          [2, 'two', 'u'],
        ])
      }))

    test('stand where others of the same change do, whatever their order', () =>
      generating(engine, async ({ sequelize, models, look, generate, back }) => {
        models((instance) => placed(instance, { id, a: text, b: text, c: text, d: text, e: text }))
        await sequelize.sync()
        await sequelize.model('word').create({ id: 1, a: 'a', c: 'c', e: 'e' })
        const former = await look()
        models((instance) => placed(instance, { id, c: DataTypes.STRING(80), f: text }))
        await generate()
        await back(former)
        expect(await rowsOf(sequelize, 'SELECT * FROM words')).toEqual([
          { id: 1, a: null, b: null, c: 'c', d: null, e: null },
        ])
      }))
  },
  ({ dialect, isShared }) => isShared && dialect !== 'postgres',
)
