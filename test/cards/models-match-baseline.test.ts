import { QueryTypes, type Sequelize } from 'sequelize'
import { defineSm2Models, type Sm2IdKind } from 'sm2kit/cards'
import { createMigrator } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeEngines, type EngineDialect, withDatabase } from '../support/engines/index.js'

type Row = Readonly<Record<string, unknown>>
interface Shape {
  readonly columns: readonly Row[]
  readonly primaryKey: readonly string[]
  readonly indexes: readonly Row[]
}

// What the engine's own catalogue says of a table: columns in order, primary key in order, indexes.
const readers: Record<
  EngineDialect,
  (sequelize: Sequelize, table: string, schema: string) => Promise<Shape>
> = {
  async sqlite(sequelize, table) {
    const read = reader(sequelize)
    const columns = await read(
      `SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo('${table}') ORDER BY cid`,
    )
    const indexes = await read(
      `SELECT l.name, l."unique", l.partial, i.name AS "column", i."desc", i.coll
       FROM pragma_index_list('${table}') l, pragma_index_xinfo(l.name) i WHERE i.key ORDER BY l.name, i.seqno`,
    )
    const inKey = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a['pk']) - Number(b['pk']))
    return { columns, primaryKey: inKey.map(({ name }) => String(name)), indexes }
  },
  async postgres(sequelize, table, schema) {
    const read = reader(sequelize)
    const oid = `'"${schema}"."${table}"'::regclass`
    const columns = await read(
      `SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity, a.attgenerated,
        a.attcollation::regcollation::text AS collation, pg_get_expr(d.adbin, d.adrelid) AS "default"
       FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
       WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    )
    const indexes = await read(
      `SELECT pg_get_indexdef(indexrelid) AS definition, indisprimary FROM pg_index WHERE indrelid = ${oid} ORDER BY 1`,
    )
    const key = await read(
      `SELECT pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = ${oid} AND contype = 'p'`,
    )
    return { columns, primaryKey: key.map(({ definition }) => String(definition)), indexes }
  },
  async mysql(sequelize, table) {
    const read = reader(sequelize)
    const ofTable = `table_schema = DATABASE() AND table_name = '${table}'`
    const columns = await read(
      `SELECT column_name, column_type, is_nullable, column_default, collation_name, extra, datetime_precision
       FROM information_schema.columns WHERE ${ofTable} ORDER BY ordinal_position`,
    )
    const parts = await read(
      `SELECT index_name AS name, non_unique, seq_in_index, column_name AS col, collation, sub_part, index_type
       FROM information_schema.statistics WHERE ${ofTable} ORDER BY index_name, seq_in_index`,
    )
    const isKey = ({ name }: Row) => name === 'PRIMARY'
    return {
      columns,
      primaryKey: parts.filter(isKey).map(({ col }) => String(col)),
      indexes: parts.filter((part) => !isKey(part)),
    }
  },
}

function reader(sequelize: Sequelize): (sql: string) => Promise<Row[]> {
  return (sql) => sequelize.query<Row>(sql, { type: QueryTypes.SELECT })
}

interface Names {
  readonly prefix?: string
  readonly schema?: string
  readonly learnerId?: Sm2IdKind
  readonly itemId?: Sm2IdKind
}

describeEngines('the models', (engine) => {
  const options: readonly Names[] = [
    {},
    { prefix: 'words_', learnerId: 'uuid', itemId: 'bigint' },
    { learnerId: 'bigint', itemId: 'uuid' },
    ...(engine.dialect === 'postgres' ? [{ schema: 'study' }] : []),
  ]
  test.each(options)('say of the tables what the baseline makes of them (%o)', async (names) => {
    const { prefix = 'sm2_', schema = 'public' } = names
    const shapes = (prepare: (sequelize: Sequelize) => Promise<unknown>) =>
      withDatabase(engine, async (database) => {
        const sequelize = database.connect()
        await prepare(sequelize)
        const read = readers[engine.dialect]
        return {
          cards: await read(sequelize, `${prefix}cards`, schema),
          reviews: await read(sequelize, `${prefix}reviews`, schema),
        }
      })
    const migrated = await shapes((sequelize) => createMigrator({ sequelize, baseline: names }).up())
    const synced = await shapes(async (sequelize) => {
      if (names.schema !== undefined) await sequelize.createSchema(names.schema, {})
      defineSm2Models(sequelize, names)
      await sequelize.sync()
    })
    expect(synced).toEqual(migrated)
    expect(migrated.cards.columns).toHaveLength(9)
    expect(migrated.reviews.columns).toHaveLength(13)
    expect(JSON.stringify(migrated.cards.primaryKey)).toMatch(/learner_id.+item_id/)
    expect(JSON.stringify(migrated.cards.indexes)).toContain(`${prefix}cards_learner_id_due_on`)
    expect(JSON.stringify(migrated.reviews.indexes)).toContain(
      `${prefix}reviews_learner_id_item_id_reviewed_at`,
    )
  })
})
