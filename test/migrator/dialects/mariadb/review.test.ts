import { DataTypes } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../../support/engines/index.js'
import { failure, revisionOf, rowsOf } from '../../support.js'

/** Parts of ALTER TABLE, each with the fastest algorithm that the server takes for it. */
const WAYS: Readonly<Record<string, 'INSTANT' | 'INPLACE' | 'COPY'>> = {
  'ADD COLUMN note VARCHAR(20)': 'INSTANT',
  'ADD COLUMN note INT NOT NULL DEFAULT 3': 'INSTANT',
  'ADD COLUMN at DATETIME DEFAULT CURRENT_TIMESTAMP': 'INSTANT',
  'ADD COLUMN k CHAR(36) DEFAULT (uuid())': 'COPY',
  'ADD COLUMN twice INT GENERATED ALWAYS AS (stars * 2) STORED': 'COPY',
  'ADD COLUMN twice INT GENERATED ALWAYS AS (stars * 2) VIRTUAL': 'INSTANT',
  'DROP COLUMN title': 'INSTANT',
  'CHANGE COLUMN title name VARCHAR(40)': 'INSTANT',
  'MODIFY COLUMN title VARCHAR(50)': 'INSTANT',
  'MODIFY COLUMN title VARCHAR(200)': 'COPY',
  'MODIFY COLUMN title VARCHAR(40) NOT NULL': 'INPLACE',
  'MODIFY COLUMN stars BIGINT NOT NULL': 'COPY',
  'ALTER COLUMN stars SET DEFAULT 5': 'INSTANT',
  'ADD INDEX by_title (title)': 'INPLACE',
  'ADD UNIQUE INDEX by_title (title)': 'INPLACE',
  'ADD CONSTRAINT c CHECK (stars >= 0)': 'COPY',
  'ADD CONSTRAINT k FOREIGN KEY (deck) REFERENCES decks (id)': 'COPY',
  'DROP PRIMARY KEY': 'COPY',
}
const FASTER = { INSTANT: undefined, INPLACE: 'INSTANT', COPY: 'INPLACE' } as const

describeEngines(
  'the review of MariaDB and MySQL',
  (engine) => {
    test('tells the algorithm that the server itself takes, and no slower or faster one', () =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        const queries = sequelize.getQueryInterface()
        const [{ version }] = (await rowsOf(sequelize, 'SELECT version() AS version')) as [
          { version: string },
        ]
        if (!/mariadb/iu.test(version)) return
        await queries.createTable('decks', { id: { type: DataTypes.INTEGER, primaryKey: true } })
        const make = async (name: string): Promise<void> => {
          await queries.createTable(name, {
            id: { type: DataTypes.INTEGER, primaryKey: true },
            title: { type: DataTypes.STRING(40), allowNull: true },
            stars: { type: DataTypes.INTEGER, allowNull: false },
            deck: { type: DataTypes.INTEGER, allowNull: true },
          })
          await queries.bulkInsert(name, [{ id: 1, title: 'a', stars: 1 }])
        }
        await make('words')
        const told: Record<string, string | undefined> = {}
        for (const [at, part] of Object.keys(WAYS).entries()) {
          const sql = `ALTER TABLE words ${part}`
          const up = revisionOf(
            '0000aaaa',
            null,
            async ({ context: op }) => void (await op.sequelize.query(sql)),
          )
          const { steps } = await createMigrator({ sequelize, baseline: false, migrations: [up] }).plan()
          told[part] = /; (\w+),/u.exec(steps[0]?.review[0]?.lock ?? '')?.[1]
          // The server is asked: it takes the algorithm, and refuses the next faster one.
          const way = WAYS[part] ?? 'COPY'
          await make(`real_${at}`)
          const real = (algorithm: string) =>
            sequelize.query(`ALTER TABLE real_${at} ${part}, ALGORITHM=${algorithm}`)
          const faster = FASTER[way]
          if (faster !== undefined)
            expect((await failure(real(faster))).message, part).toMatch(/ALGORITHM=\w+ is not supported/u)
          await real(way)
        }
        expect(told).toEqual(WAYS)
      }))
  },
  ({ dialect }) => dialect === 'mysql',
)
