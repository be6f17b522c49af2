import { expect, test } from 'vitest'
import { withHazards } from '../../../src/migrator/operations/hazards.js'
import { rowQuestions, withRows } from '../../../src/migrator/operations/row-questions.js'
import { judgeTypeChange } from '../../../src/migrator/operations/type-change.js'
import type { Schema } from '../../../src/migrator/schema/schema.js'
import { comparing, schemaWith } from '../autogenerate/comparing.js'
import {
  checkOf,
  columnOf,
  foreignKeyOf,
  indexOf,
  on,
  primaryKeyOf,
  tableOf,
  uniqueOf,
} from '../schema/values.js'

test.each([
  ['character varying(50)', 'character varying(100)', 'none'],
  ['character varying(100)', 'character varying(50)', 'narrowing'],
  ['character varying(50)', 'text', 'none'],
  ['text', 'character varying(50)', 'narrowing'],
  ['VARCHAR(50)', 'TEXT', 'none'],
  ['integer', 'bigint', 'rewrite'],
  ['bigint', 'integer', 'narrowing'],
  ['int(11)', 'int(10) unsigned', 'narrowing'],
  ['numeric(10,2)', 'numeric(12,2)', 'none'],
  ['numeric(10,2)', 'numeric(10,0)', 'narrowing'],
  ['numeric(10,2)', 'double precision', 'narrowing'],
  ['integer', 'numeric(10,0)', 'rewrite'],
  ['integer', 'numeric(9,0)', 'narrowing'],
  ['integer', 'double precision', 'rewrite'],
  ['bigint', 'double precision', 'narrowing'],
  ['integer', 'boolean', 'narrowing'],
  ['uuid', 'text', 'rewrite'],
  ['json', 'jsonb', 'rewrite'],
  ["enum('a','b')", "enum('a','b','c')", 'none'],
  ["enum('a','b')", "enum('a')", 'narrowing'],
  ['timestamp without time zone', 'timestamp with time zone', 'rewrite'],
  ['timestamp with time zone', 'date', 'narrowing'],
  ['date', 'timestamp with time zone', 'rewrite'],
  ['integer[]', 'integer', 'narrowing'],
  ['something', 'something else', 'narrowing'],
] as const)('%s to %s: %s', (before, after, answer) => {
  expect(judgeTypeChange(before, after)).toBe(answer)
})

const id = columnOf('id', 'integer', { nullable: false })
const key = { primaryKey: primaryKeyOf(['id']) }
const rulesOf = (actual: Schema, wanted: Schema) =>
  comparing(actual, wanted).operations.flatMap(({ hazards }) => hazards.map(({ rule }) => rule))

test('each change that may go wrong says so', () => {
  const x = columnOf('x', 'bigint')
  const with_ = (...[columns, rest]: [Parameters<typeof tableOf>[1], Parameters<typeof tableOf>[2]?]) =>
    schemaWith([tableOf('p', [id], key), tableOf('t', [id, ...columns], { ...key, ...rest })])
  const plain = with_([x])
  expect(rulesOf(with_([]), with_([{ ...x, nullable: false }]))).toEqual(['not-null-without-default'])
  expect(rulesOf(with_([]), with_([{ ...x, nullable: false, default: '0' }]))).toEqual([])
  expect(rulesOf(plain, with_([{ ...x, nullable: false }]))).toEqual(['not-null-on-nulls'])
  expect(rulesOf(plain, with_([columnOf('x', 'integer')]))).toEqual(['type-narrowing'])
  expect(rulesOf(plain, with_([columnOf('x', 'text')]))).toEqual(['type-rewrite'])
  expect(rulesOf(plain, with_([]))).toEqual(['drop-column'])
  expect(rulesOf(plain, schemaWith(plain.tables.slice(0, 1)))).toEqual(['drop-table'])
  expect(rulesOf(plain, with_([x], { uniques: [uniqueOf(['x'], { name: 'u' })] }))).toEqual([
    'unique-on-rows',
  ])
  expect(rulesOf(plain, with_([x], { indexes: [indexOf('i', [on('x')])] }))).toEqual(['index-not-concurrent'])
  expect(rulesOf(plain, with_([x], { checks: [checkOf('(x > 0)', { name: 'k' })] }))).toEqual([
    'check-on-rows',
  ])
  expect(
    rulesOf(
      with_([columnOf('x', 'integer')]),
      with_([columnOf('x', 'integer')], { foreignKeys: [foreignKeyOf(['x'], 'p', ['id'], { name: 'f' })] }),
    ),
  ).toEqual(['foreign-key-on-rows'])
})

test('a key that is made again as it was is no danger', () => {
  const fk = (type: string) => [
    tableOf('p', [{ ...id, type }], key),
    tableOf('t', [id, columnOf('x', type)], {
      ...key,
      foreignKeys: [foreignKeyOf(['x'], 'p', ['id'], { name: 'f' })],
    }),
  ]
  expect(rulesOf(schemaWith(fk('integer')), schemaWith(fk('text')))).toEqual(['type-rewrite', 'type-rewrite'])
})

test('rows are asked for in the names that the database has, and fill in the answers', () => {
  const before = schemaWith([tableOf('users', [id, columnOf('name', 'text')], key)])
  const table = { schema: null, name: 'people' }
  const operations = withHazards([
    { kind: 'renameTable', table: { schema: null, name: 'users' }, to: table, hazards: [] },
    { kind: 'renameColumn', table, from: 'name', to: 'full_name', hazards: [] },
    { kind: 'addColumn', table, column: columnOf('age', 'integer', { nullable: false }), hazards: [] },
    {
      kind: 'addConstraint',
      table,
      constraint: { type: 'unique', value: uniqueOf(['full_name']) },
      hazards: [],
    },
    {
      kind: 'changeColumn',
      table,
      before: columnOf('full_name', 'text'),
      after: columnOf('full_name', 'text', { nullable: false }),
      hazards: [],
    },
    { kind: 'addConstraint', table, constraint: { type: 'unique', value: uniqueOf(['age']) }, hazards: [] },
  ])
  const questions = rowQuestions(operations, before)
  const users = { schema: null, name: 'users' }
  expect(questions).toEqual([
    { operation: 2, hazard: 0, table: users, condition: { kind: 'all' } },
    { operation: 3, hazard: 0, table: users, condition: { kind: 'duplicates', columns: ['name'] } },
    { operation: 4, hazard: 0, table: users, condition: { kind: 'is null', column: 'name' } },
    { operation: 5, hazard: 0, table: users, condition: { kind: 'all' } },
  ])
  const counted = withRows(operations, questions, [3, 0, null, 3])
  expect(counted.map(({ hazards }) => hazards[0]?.rows)).toEqual([null, null, 3, 0, null, 3])
  expect(counted[2]).toMatchObject({ needsFill: true })
  expect(withRows(operations, questions, [0, 0, 0, 0])[2]).not.toHaveProperty('needsFill')
})
