import { DataTypes, type ModelAttributes, type Sequelize } from 'sequelize'
import { reflect } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { dataTypeOf as mariadbType } from '../../../src/migrator/dialects/mariadb/types.js'
import { dataTypeOf as postgresType } from '../../../src/migrator/dialects/postgres/types.js'
import { dataTypeOf as sqliteType } from '../../../src/migrator/dialects/sqlite/types.js'
import type { Column, Table } from '../../../src/migrator/schema/schema.js'
import { describeEngines, type Engine, withDatabase } from '../../support/engines/index.js'

type Types = Readonly<Record<string, unknown>>

const { STRING, CHAR, TEXT, TINYINT, SMALLINT, MEDIUMINT, INTEGER, BIGINT, FLOAT, REAL, DOUBLE, DECIMAL } =
  DataTypes

const EVERYWHERE: Types = {
  ...{ string: STRING, string_n: STRING(7), char: CHAR, char_n: CHAR(9), text: TEXT },
  ...{ smallint: SMALLINT, integer: INTEGER, bigint: BIGINT },
  ...{
    float: FLOAT,
    real: REAL,
    double: DOUBLE,
    decimal: DECIMAL,
    decimal_p: DECIMAL(7),
    decimal_s: DECIMAL(7, 3),
  },
  ...{ boolean: DataTypes.BOOLEAN, date: DataTypes.DATE, dateonly: DataTypes.DATEONLY, time: DataTypes.TIME },
  ...{
    uuid: DataTypes.UUID,
    json: DataTypes.JSON,
    blob: DataTypes.BLOB,
    pick: DataTypes.ENUM('a', "it's", 'c d'),
  },
}

const MORE: Readonly<Record<Engine['dialect'], Types>> = {
  sqlite: {
    tinyint: TINYINT,
    ...{
      mediumint: MEDIUMINT,
      integer_n: INTEGER({ length: 5 }),
      binary: STRING(20, true),
      citext: DataTypes.CITEXT,
    },
    ...{ blob_long: DataTypes.BLOB('long'), jsonb: DataTypes.JSONB },
  },
  postgres: {
    ...{ citext: DataTypes.CITEXT, jsonb: DataTypes.JSONB, inet: DataTypes.INET, cidr: DataTypes.CIDR },
    ...{ macaddr: DataTypes.MACADDR, tsvector: DataTypes.TSVECTOR },
    ...{
      texts: DataTypes.ARRAY(TEXT),
      strings: DataTypes.ARRAY(STRING(5)),
      numbers: DataTypes.ARRAY(INTEGER),
    },
    ...{ r1: DataTypes.RANGE(INTEGER), r2: DataTypes.RANGE(BIGINT), r3: DataTypes.RANGE(DECIMAL) },
    ...{ r4: DataTypes.RANGE(DataTypes.DATE), r5: DataTypes.RANGE(DataTypes.DATEONLY) },
  },
  mysql: {
    tinyint: TINYINT,
    ...{
      mediumint: MEDIUMINT,
      unsigned: INTEGER.UNSIGNED,
      big_unsigned: BIGINT.UNSIGNED,
      tiny_unsigned: TINYINT.UNSIGNED,
    },
    ...{
      zerofill: INTEGER.UNSIGNED.ZEROFILL,
      width: INTEGER({ length: 4 }),
      binary: STRING(20, true),
      char_binary: CHAR(8, true),
    },
    ...{ tiny: TEXT('tiny'), medium: TEXT('medium'), long: TEXT('long'), blob_tiny: DataTypes.BLOB('tiny') },
    ...{ blob_long: DataTypes.BLOB('long'), instant: DataTypes.DATE(6), point: DataTypes.GEOMETRY('POINT') },
    ...{
      geometry: DataTypes.GEOMETRY,
      double_ns: DOUBLE(8, 2),
      float_ns: FLOAT(8, 2),
      decimal_u: DECIMAL(5, 1).UNSIGNED,
    },
  },
}

/** What only text says. */
const AS_TEXT: Readonly<Record<Engine['dialect'], readonly string[]>> = {
  sqlite: [],
  postgres: ['pick'],
  mysql: ['zerofill', 'width', 'decimal_u'],
}

const back = (engine: Engine, column: Column, table: Table, sequelize: Sequelize): unknown => {
  switch (engine.dialect) {
    case 'sqlite':
      return sqliteType(column.type, sequelize)
    case 'postgres':
      return postgresType(column.type, sequelize)
    case 'mysql':
      return mariadbType(column.type, column.collation, table.options.collation, sequelize) ?? column.type
  }
}

describeEngines('the reverse table of types', (engine) => {
  test('every data type of Sequelize, made by it, read and made again, is the same', () =>
    withDatabase(engine, (database) =>
      withDatabase(engine, async (other) => {
        const make = async (sequelize: Sequelize, types: Types): Promise<Table> => {
          if (engine.dialect === 'postgres') await sequelize.query('CREATE EXTENSION IF NOT EXISTS citext')
          const attributes = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }]))
          sequelize.define('t', attributes as ModelAttributes, { timestamps: false, freezeTableName: true })
          await sequelize.sync()
          const table = (await reflect(sequelize)).tables.find(({ name }) => name === 't')
          if (table === undefined) throw new Error('There is no table')
          return table
        }
        const types = { ...EVERYWHERE, ...MORE[engine.dialect] }
        const first = database.connect()
        const table = await make(first, types)
        const read = Object.fromEntries(
          table.columns.map((column) => [column.name, back(engine, column, table, first)]),
        )
        const asText = Object.entries(read).filter(([, type]) => typeof type === 'string')
        expect(asText.map(([name]) => name).sort()).toEqual([...AS_TEXT[engine.dialect]].sort())
        const again = Object.fromEntries(
          Object.entries(read).filter(
            ([name]) => name !== 'id' && !(engine.dialect === 'postgres' && name === 'pick'),
          ),
        )
        const collated = (column: Column): Column =>
          // The type is TEXT, the collation stands beside it.
          engine.dialect === 'sqlite' ? { ...column, collation: null } : column
        const wanted = table.columns.filter(({ name }) => name in again).map(collated)
        const made = await make(other.connect(), again)
        expect(made.columns.filter(({ name }) => name !== 'id').map(collated)).toEqual(wanted)
      }),
    ))
})
