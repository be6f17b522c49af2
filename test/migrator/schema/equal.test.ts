import { expect, test } from 'vitest'
import { isSame } from '../../../src/migrator/schema/equal.js'
import { columnOf, tableOf } from './values.js'

const table = tableOf('t', [
  columnOf('a', 'int'),
  columnOf('b', 'int', { generated: { expression: 'a', stored: true } }),
])

test('two values are the same when all of their parts are', () => {
  expect(isSame(table, structuredClone(table))).toBe(true)
  expect(isSame({ a: 1, b: [null] }, { b: [null], a: 1 })).toBe(true)
  expect(isSame({ options: {} }, { options: { strict: undefined } })).toBe(true)
  expect(isSame(table, { ...table, options: { strict: true } })).toBe(false)
  expect(isSame(table, { ...table, columns: [...table.columns].reverse() })).toBe(false)
  expect(isSame(table.columns, table.columns.slice(1))).toBe(false)
})

test.each([
  [[], {}],
  [[], null],
  [null, undefined],
  ['0', 0],
])('%j and %j are different', (one, other) => {
  expect(isSame(one, other)).toBe(false)
})
