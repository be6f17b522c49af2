import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalSchema } from '../../../src/migrator/schema/canonical.js'
import { checkOf, columnOf, foreignKeyOf, indexOf, on, tableOf, uniqueOf } from './values.js'

const keys = [
  foreignKeyOf(['a'], 'x', ['id'], { name: 'A' }),
  foreignKeyOf(['a'], 'x', ['id'], { name: 'a' }),
  foreignKeyOf(['a'], 'x', ['id']),
  foreignKeyOf(['b'], 'x', ['id']),
]
const schema = {
  tables: [
    tableOf('B', []),
    tableOf('a', [columnOf('z', 'int'), columnOf('a', 'int')], {
      uniques: [uniqueOf(['z']), uniqueOf(['z', 'a'])]
        .sort((a, b) => a.parts.length - b.parts.length)
        .reverse(),
      indexes: [indexOf('i', [on('z'), on('a')]), indexOf('j', [on('a')])],
      foreignKeys: keys,
      checks: [checkOf('z > 1', { name: 'named' }), checkOf('a > 1'), checkOf('b > 1')],
    }),
    tableOf('a', [], { schema: 'other' }),
  ],
  enums: [
    { schema: null, name: 'mood', values: ['z', 'a'], comment: null },
    { schema: 'other', name: 'mood', values: [], comment: null },
  ],
}

test('the order in which an engine lists things does not matter; that of columns, parts and values does', () => {
  const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length })
  const [, table] = schema.tables
  if (table === undefined) throw new Error('There is one')
  fc.assert(
    fc.property(
      fc.tuple(
        shuffled(schema.tables),
        shuffled(schema.enums),
        shuffled(table.uniques),
        shuffled(table.indexes),
        shuffled(table.foreignKeys),
        shuffled(table.checks),
      ),
      ([tables, enums, uniques, indexes, foreignKeys, checks]) => {
        const inDisorder = tables.map((one) =>
          one === table ? { ...one, uniques, indexes, foreignKeys, checks } : one,
        )
        expect(canonicalSchema({ tables: inDisorder, enums })).toEqual(schema)
      },
    ),
  )
})
