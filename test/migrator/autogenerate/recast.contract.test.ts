// Every type of PostgreSQL to every other: what is generated runs, and leads back.

import { join } from 'node:path'
import { type DataType, DataTypes, QueryTypes, type Sequelize } from 'sequelize'
import { reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'
import { hostOf } from '../commands/host.js'
import { isFull, native } from '../support.js'

const { createMigrator } = await native()

const TYPES: readonly (readonly [string, DataType])[] = [
  ['varchar', DataTypes.STRING(40)],
  ['text', DataTypes.TEXT],
  ['integer', DataTypes.INTEGER],
  ['bigint', DataTypes.BIGINT],
  ['numeric', DataTypes.DECIMAL(8, 2)],
  ['double', DataTypes.DOUBLE],
  ['boolean', DataTypes.BOOLEAN],
  ['date', DataTypes.DATEONLY],
  ['timestamptz', DataTypes.DATE],
  ['time', DataTypes.TIME],
  ['uuid', DataTypes.UUID],
  ['jsonb', DataTypes.JSONB],
  ['json', DataTypes.JSON],
  ['bytea', DataTypes.BLOB],
  ['inet', DataTypes.INET],
  ['enum', DataTypes.ENUM('a', 'b')],
  ['integers', DataTypes.ARRAY(DataTypes.INTEGER)],
  ['texts', DataTypes.ARRAY(DataTypes.TEXT)],
  ['enums', DataTypes.ARRAY(DataTypes.ENUM('a', 'b'))],
  ['range', DataTypes.RANGE(DataTypes.INTEGER)],
  ['instants', DataTypes.RANGE(DataTypes.DATE)],
]

/** A column for each pair of the list, of the one type or of the other. */
const defineFrom = (sequelize: Sequelize, from: DataType, isLater: boolean): void => {
  const columns = TYPES.map(
    ([name, type]) => [`to_${name}`, { type: isLater ? type : copyOf(from) }] as const,
  )
  sequelize.define('word', Object.fromEntries(columns), { timestamps: false })
}

/** Sequelize writes into the types that it is given. */
const copyOf = (type: DataType): DataType =>
  typeof type === 'string' || typeof type === 'function'
    ? type
    : Object.assign(Object.create(Object.getPrototypeOf(type) as object) as object, type)

describeEngines(
  'a column of another type',
  (engine) => {
    test.each(TYPES.filter((_type, place) => isFull || place % 5 === 2))(
      'is made of one of %s, and back, in an empty table',
      (_name, from) =>
        withDatabase(engine, async (database) => {
          const [first, second] = [database.connect(), database.connect()]
          defineFrom(first, from, false)
          defineFrom(second, from, true)
          await first.sync()
          const before = await reflect(first)
          const migrator = createMigrator({
            sequelize: second,
            migrations: join(hostOf({ 'package.json': '{"type":"module"}' }), 'migrations'),
            baseline: false,
          })
          const { operations } = await migrator.revision({
            message: 'other',
            autogenerate: true,
            format: 'mjs',
          })
          expect(operations.length).toBeGreaterThan(TYPES.length - 3)
          await migrator.upgrade('head')
          expect(await migrator.differences()).toEqual([])
          await migrator.downgrade('base')
          expect(await reflect(first)).toEqual(before)
        }),
    )

    test('keeps the value where that means something', () =>
      withDatabase(engine, async (database) => {
        const [first, second] = [database.connect(), database.connect()]
        const one = (sequelize: Sequelize, types: Readonly<Record<string, DataType>>) =>
          sequelize.define('word', types, { timestamps: false })
        one(first, {
          number: DataTypes.BIGINT,
          flag: DataTypes.BOOLEAN,
          single: DataTypes.INTEGER,
          list: DataTypes.ARRAY(DataTypes.INTEGER),
          data: DataTypes.JSONB,
          plain: DataTypes.INTEGER,
          kind: DataTypes.ENUM('a', 'b'),
        })
        await first.sync()
        await first.query(
          `INSERT INTO words (number, flag, single, list, data, plain, kind) VALUES (1, true, 7, '{9}', '"b2f0e6c8-5a5e-4d43-9a31-0f3f0f7e2a11"', 5, 'b'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
        )
        one(second, {
          number: DataTypes.BOOLEAN,
          flag: DataTypes.BIGINT,
          single: DataTypes.ARRAY(DataTypes.BIGINT),
          list: DataTypes.INTEGER,
          data: DataTypes.UUID,
          plain: DataTypes.JSONB,
          kind: DataTypes.ARRAY(DataTypes.ENUM('a', 'b')),
        })
        const migrator = createMigrator({
          sequelize: second,
          migrations: join(hostOf({ 'package.json': '{"type":"module"}' }), 'migrations'),
          baseline: false,
        })
        const rows = async () => first.query('SELECT * FROM words ORDER BY id', { type: QueryTypes.SELECT })
        const before = await rows()
        const { hazards } = await migrator.revision({ message: 'other', autogenerate: true, format: 'mjs' })
        expect(hazards.filter(({ rule }) => rule === 'type-narrowing').length).toBeGreaterThan(3)
        await migrator.upgrade('head')
        expect((await rows())[0]).toMatchObject({ number: true, flag: '1', list: 9, plain: 5 })
        expect((await rows())[0]).toMatchObject({ data: 'b2f0e6c8-5a5e-4d43-9a31-0f3f0f7e2a11' })
        const nothing = {
          number: null,
          flag: null,
          single: null,
          list: null,
          data: null,
          plain: null,
          kind: null,
        }
        expect((await rows())[1]).toMatchObject(nothing)
        await migrator.downgrade('base')
        expect(await rows()).toEqual(before)
      }))
  },
  ({ dialect }) => dialect === 'postgres',
)
