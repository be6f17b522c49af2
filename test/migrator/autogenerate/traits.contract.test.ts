import { DataTypes, type QueryTypes, type Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { describeEngines, withDatabase } from '../../support/engines/index.js'
import { define } from '../schema/models-support.js'
import { autogenerationOf, everythingIn, factsOf, shadowOfModels } from './support.js'

/** Whether a statement is taken. */
const works = async (sequelize: Sequelize, ...statements: readonly string[]): Promise<boolean> => {
  try {
    for (const sql of statements) await sequelize.query(sql, { type: 'RAW' as QueryTypes.RAW })
    return true
  } catch {
    return false
  }
}

describeEngines('the traits of an engine', (engine) => {
  const isMariadb = engine.dialect === 'mysql'
  const quoted = (name: string): string => (isMariadb ? `\`${name}\`` : `"${name}"`)

  test('are as the engine behaves', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const { traits } = await autogenerationOf(sequelize)
      await works(
        sequelize,
        'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
        'CREATE TABLE child (a INTEGER, b INTEGER UNIQUE, c INTEGER, FOREIGN KEY (a) REFERENCES parent (id))',
        'CREATE INDEX i ON child (c)',
      )
      const { tables } = await everythingIn(sequelize)
      const child = tables.find(({ name }) => name === 'child')
      const isOn = (column: string) => (index: { readonly parts: readonly object[] }) =>
        JSON.stringify(index.parts).includes(`"column":"${column}"`)
      expect(child?.indexes.some(isOn('a'))).toBe(traits.keysMakeIndexes)
      expect(child?.indexes.some(isOn('b'))).toBe(traits.uniquesAreIndexes)
      expect(
        await works(sequelize, `CREATE TABLE twice (${quoted('a')} INTEGER, ${quoted('A')} INTEGER)`),
      ).toBe(!traits.columnsIgnoreCase)
      const indexTwice = ['k', 'K'].map((name) => `CREATE INDEX ${quoted(name)} ON child (c)`)
      expect(await works(sequelize, ...indexTwice)).toBe(!traits.columnsIgnoreCase)
      const tableTwice = ['double', 'DOUBLE'].map((name) => `CREATE TABLE ${quoted(name)} (a INTEGER)`)
      const { tablesIgnoreCase } = await factsOf(sequelize, [])
      expect(await works(sequelize, ...tableTwice)).toBe(!tablesIgnoreCase)
      const orphan = 'CREATE TABLE orphan (a INTEGER, FOREIGN KEY (a) REFERENCES later (id))'
      expect(await works(sequelize, orphan)).toBe(traits.keysMayComeFirst)
      const comment = isMariadb
        ? "ALTER TABLE child MODIFY c INTEGER COMMENT 'x'"
        : "COMMENT ON COLUMN child.c IS 'x'"
      expect(await works(sequelize, comment)).toBe(traits.comments)
      const rename = isMariadb ? 'ALTER TABLE child RENAME INDEX i TO j' : 'ALTER INDEX i RENAME TO j'
      expect(await works(sequelize, rename)).toBe(traits.renamesIndexes)
      const [key] = child?.foreignKeys ?? []
      expect(
        await works(sequelize, `ALTER TABLE child RENAME CONSTRAINT ${quoted(key?.name ?? '')} TO k`),
      ).toBe(traits.renamesConstraints)
      // SQLite changes no types in place: there is nothing that a key could hold.
      const retype = isMariadb ? 'MODIFY a BIGINT' : 'ALTER COLUMN a TYPE bigint'
      if (engine.dialect !== 'sqlite')
        expect(await works(sequelize, `ALTER TABLE child ${retype}`)).toBe(!traits.keysHoldTypes)
    }))

  test('tell whether RESTRICT is NO ACTION', () =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      const { traits } = await autogenerationOf(sequelize)
      const deferred = isMariadb ? '' : 'DEFERRABLE INITIALLY DEFERRED'
      const mayDelete = async (action: string): Promise<boolean> => {
        await sequelize.query('DROP TABLE IF EXISTS child')
        await sequelize.query('DROP TABLE IF EXISTS parent')
        await sequelize.query('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
        await sequelize.query(
          `CREATE TABLE child (a INTEGER, FOREIGN KEY (a) REFERENCES parent (id) ON DELETE ${action} ${deferred})`,
        )
        await sequelize.query('INSERT INTO parent VALUES (1)')
        await sequelize.query('INSERT INTO child VALUES (1)')
        return sequelize
          .transaction(async (transaction) => {
            await sequelize.query('DELETE FROM parent', { transaction })
            await sequelize.query('DELETE FROM child', { transaction })
          })
          .then(
            () => true,
            () => false,
          )
      }
      const [restrict, noAction] = [await mayDelete('RESTRICT'), await mayDelete('NO ACTION')]
      expect(restrict).toBe(false)
      expect(noAction === restrict).toBe(traits.restrictIsNoAction)
    }))

  test('a shadow waits for no lock on the tables of the host, and holds none', () =>
    withDatabase(engine, async (database) => {
      if (!engine.isShared) return
      const sequelize = database.connect()
      define(sequelize, [
        {
          name: 'plain',
          attributes: {
            t: { type: DataTypes.INTEGER, references: { model: 'target', key: 'id' } },
            kind: { type: DataTypes.ENUM('a', 'b'), defaultValue: 'a' },
          },
          options: { indexes: [{ fields: ['t'] }] },
        },
      ])
      await sequelize.sync()
      const other = database.connect()
      await other.transaction(async (transaction) => {
        const lock = {
          sqlite: 'INSERT INTO target (createdAt, updatedAt) VALUES (1, 1)',
          postgres: 'LOCK TABLE target, plain IN ACCESS EXCLUSIVE MODE',
          mysql: 'DELETE FROM target',
        }[engine.dialect]
        await other.query(lock, { transaction })
        const shadow = await shadowOfModels(sequelize)
        expect(shadow.tables.map(({ name }) => name)).toEqual(['plain', 'target'])
      })
    }))
})
