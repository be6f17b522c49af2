import { DataTypes, QueryTypes, type Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { readWanted } from '../../../src/migrator/commands/wanted.js'
import { describeEngines, type Engine, withDatabase } from '../../support/engines/index.js'
import { failure, uniqueName } from '../support.js'
import { defineOrdinary } from './ordinary.js'
import { everythingIn } from './support.js'

const plain = { timestamps: false, freezeTableName: true }

/** An instance that remembers its statements. */
const watched = (engine: Engine, use: (sequelize: Sequelize, statements: string[]) => Promise<void>) =>
  withDatabase(engine, (database) => {
    const statements: string[] = []
    return use(database.connect({ logging: (sql) => statements.push(sql) }), statements)
  })

const DDL = /\b(?:CREATE|ALTER|DROP)\b/u

describeEngines('what models want', (engine) => {
  test('is what is there, right after sync(), and nothing is made to know it', () =>
    watched(engine, async (sequelize, statements) => {
      defineOrdinary(sequelize)
      await sequelize.sync()
      const there = await everythingIn(sequelize)
      await readWanted({ sequelize, models: sequelize.models })
      statements.length = 0
      const { schema, judged, actual } = await readWanted({ sequelize, models: sequelize.models })
      expect(judged).toEqual([])
      expect(schema).toEqual(there)
      expect(actual).toEqual(there)
      expect(statements.filter((sql) => DDL.test(sql))).toEqual([])
      // Those of reflection, and one for the facts of the server.
      expect(statements).toHaveLength({ sqlite: 1, postgres: 2, mysql: 8 }[engine.dialect])
    }))

  test('is judged by the database for the tables that differ, and for no other', () =>
    watched(engine, async (sequelize) => {
      defineOrdinary(sequelize)
      await sequelize.sync()
      const there = await everythingIn(sequelize)
      const deck = sequelize.models['Deck']
      await sequelize.getQueryInterface().addColumn('decks', 'extra', { type: DataTypes.INTEGER })
      const { schema, judged } = await readWanted({ sequelize, models: sequelize.models })
      expect(judged).toEqual([{ schema: null, name: 'decks' }])
      expect(schema).toEqual(there)
      expect(deck?.tableName).toBe('decks')
    }))

  test('is made with what its keys refer to, models or not', () =>
    watched(engine, async (sequelize) => {
      await sequelize.query('CREATE TABLE others (id INTEGER PRIMARY KEY, name VARCHAR(20) UNIQUE)')
      sequelize.define(
        't',
        {
          a: { type: DataTypes.INTEGER, references: { model: 'others', key: 'id' } },
          b: { type: DataTypes.STRING(20), references: { model: 'others', key: 'name' } },
        },
        plain,
      )
      const { schema, judged } = await readWanted({ sequelize, models: sequelize.models })
      expect(judged).toEqual([{ schema: null, name: 't' }])
      await sequelize.sync()
      const { tables } = await everythingIn(sequelize)
      expect(schema.tables).toEqual(tables.filter(({ name }) => name === 't'))
      expect(schema.tables[0]?.foreignKeys.map(({ target }) => target.name)).toEqual(['others', 'others'])
    }))

  test('is refused where a key refers to a table that nobody has', () =>
    watched(engine, async (sequelize) => {
      sequelize.define(
        't',
        { a: { type: DataTypes.INTEGER, references: { model: 'nobody', key: 'id' } } },
        plain,
      )
      const error = await failure(readWanted({ sequelize, models: sequelize.models }))
      expect(error.code).toBe('INVALID_MODEL')
      expect(error.message).toMatch(
        /^The model "t" .* its column "a" refers to the table "nobody", which no model/u,
      )
    }))

  test('takes what a caller calls equal for equal', () =>
    watched(engine, async (sequelize, statements) => {
      sequelize.define('t', { a: DataTypes.INTEGER }, plain)
      await sequelize.query('CREATE TABLE t (a VARCHAR(5))')
      statements.length = 0
      const asked: string[] = []
      const { judged } = await readWanted({
        sequelize,
        models: sequelize.models,
        looksEqual: (actual, wanted) => asked.push(`${actual.name} ${wanted.name}`) > 0,
      })
      expect([asked, judged]).toEqual([['t t'], []])
      expect(statements.filter((sql) => DDL.test(sql))).toEqual([])
    }))
})

describeEngines(
  'a shadow without rights',
  (engine) => {
    const isPostgres = engine.dialect === 'postgres'

    /** An instance of a user who may read, and make tables in this database, and nothing else. */
    const asReader = (use: (reader: Sequelize, owner: Sequelize, url: string) => Promise<void>) =>
      withDatabase(engine, async (database) => {
        const owner = database.connect()
        const name = uniqueName('r').slice(0, 20)
        const run = (sql: string) => owner.query(sql, { type: QueryTypes.RAW })
        const { spec, url } = database
        if (spec.dialect === 'sqlite') throw new Error('It has no users')
        if (isPostgres) {
          await run(`REVOKE CREATE ON DATABASE ${spec.database} FROM PUBLIC`)
          await run(`CREATE ROLE ${name} LOGIN PASSWORD 'secret-word'`)
        } else {
          await run(`CREATE USER ${name} IDENTIFIED BY 'secret-word'`)
          await run(`GRANT ALL ON ${spec.database}.* TO ${name}`)
        }
        const reader = database.connect({ username: name, password: 'secret-word' })
        try {
          await use(reader, owner, url)
        } finally {
          await reader.close()
          await run(isPostgres ? `DROP ROLE ${name}` : `DROP USER ${name}`)
        }
      })

    test('says which right is missing, and both ways out', () =>
      asReader(async (reader, owner) => {
        reader.define('t', { a: DataTypes.INTEGER }, plain)
        const error = await failure(readWanted({ sequelize: reader, models: reader.models }))
        expect(error.code).toBe('SHADOW_NOT_ALLOWED')
        expect(error.message).toMatch(
          /the right CREATE (?:on the database )?is missing\. Nothing was changed/u,
        )
        expect(error.message).toContain('GRANT')
        expect(error.message).toContain('shadow: { url }')
        expect(await everythingIn(owner)).toEqual({ tables: [], enums: [] })
      }))

    test('is made in another database that is given', () =>
      asReader((reader, owner) =>
        withDatabase(engine, async (other) => {
          reader.define('t', { a: { type: DataTypes.STRING, unique: true } }, plain)
          reader.define(
            'u',
            { tId: { type: DataTypes.INTEGER, references: { model: 't', key: 'id' } } },
            plain,
          )
          const shadow = { url: other.url }
          const { schema } = await readWanted({ sequelize: reader, models: reader.models, shadow })
          owner.define('t', { a: { type: DataTypes.STRING, unique: true } }, plain)
          owner.define(
            'u',
            { tId: { type: DataTypes.INTEGER, references: { model: 't', key: 'id' } } },
            plain,
          )
          await owner.sync()
          expect(schema).toEqual(await everythingIn(owner))
          expect(await everythingIn(other.connect())).toEqual({ tables: [], enums: [] })
          if (isPostgres) return
          await other.connect().query('CREATE TABLE precious (a INTEGER)')
          reader.define('v', {}, plain)
          const error = await failure(readWanted({ sequelize: reader, models: reader.models, shadow }))
          expect([error.code, error.message]).toEqual([
            'SHADOW_NOT_ALLOWED',
            expect.stringContaining('is not empty'),
          ])
          expect((await everythingIn(other.connect())).tables.map(({ name }) => name)).toEqual(['precious'])
        }),
      ))
  },
  ({ dialect }) => dialect !== 'sqlite',
)
