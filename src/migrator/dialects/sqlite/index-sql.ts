import { addIndexSql, type SyncSql } from '../../operations/sync-sql.js'
import type { ModelIndex } from '../../schema/model-table.js'
import { addContent, ByShape, type Shape } from './column-shape.js'

/** Names that are the same within any quotes, and of which Sequelize makes nothing else. */
const isPlainName = (name: unknown): name is string => typeof name === 'string' && /^[a-z_]\w*$/iu.test(name)

const [TABLE, INDEX, FIELD] = ['sm2kit_a_table', 'sm2kit_an_index', 'sm2kit_a_field']

/** What stands before, between and behind the names of an index, its table and its fields. */
type Frame = readonly string[]

/** How Sequelize writes an index of so many columns with these options; `null` where the names are not just put in. */
const frameOf = (index: ModelIndex, count: number, how: SyncSql): Frame | null => {
  const fields = Array.from({ length: count }, (_, place) => `${FIELD}_${place}`)
  const other = { ...index, name: INDEX, options: { ...index.options, name: INDEX, fields } }
  let rest = addIndexSql(other, { ...how, tableName: TABLE })
  const frame: string[] = []
  for (const name of [INDEX, TABLE, ...fields]) {
    const [before, ...behind] = rest.split(`\`${name}\``)
    if (before === undefined || behind.length !== 1) return null
    frame.push(before)
    rest = behind[0] ?? ''
  }
  frame.push(rest)
  return frame
}

/**
 * Makes the statements that make indexes. Sequelize is asked once for each shape of plain indexes, which differ in nothing but names; for
 * every other one by itself.
 */
export const indexSqlMaker = (): ((index: ModelIndex, how: SyncSql) => string) => {
  const frames = new ByShape<Frame | null>()
  return (index, how) => {
    const fields = index.options['fields'] as readonly unknown[]
    const names = [index.name, how.tableName, ...fields]
    const shape: Shape = [fields.length]
    if (!names.every(isPlainName) || !addContent(shape, index.options, ['fields', 'name']))
      return addIndexSql(index, how)
    const frame = frames.get(shape, () => frameOf(index, fields.length, how))
    if (frame === null) return addIndexSql(index, how)
    let sql = ''
    for (let place = 0; place < names.length; place += 1) sql += `${frame[place]}\`${names[place]}\``
    return sql + frame[names.length]
  }
}
