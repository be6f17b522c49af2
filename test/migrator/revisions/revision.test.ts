import { describe, expect, test } from 'vitest'
import { checkRevisionId, describeRevision, listOf } from '../../../src/migrator/revisions/revision.js'
import { thrown } from '../support.js'

describe('the id of a revision', () => {
  test.each(['8c1d0a5be2f7', 'a', 'x'.repeat(64), 'añadir_estrellas', 'a.b/c', "it's"])('may be %j', (id) => {
    expect(checkRevisionId(id, 'x.ts')).toBe(id)
  })

  test.each([
    '',
    'x'.repeat(65),
    'a@b',
    'a-b',
    'a+b',
    'a:b',
    'a b',
    'a\tb',
    'a\u00a0b',
    5,
    null,
    undefined,
    ['a'],
    {},
  ])('may not be %j, and the message names the file', (id) => {
    const error = thrown(() => checkRevisionId(id, 'x.ts'))
    expect(error).toMatchObject({ code: 'INVALID_REVISION', subject: 'x.ts' })
    expect(error.message).toContain('x.ts: "revision" is ')
  })
})

describe('a list of ids', () => {
  test.each([
    [undefined, []],
    [null, []],
    ['a', ['a']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[], []],
  ])('%j is %j', (given, list) => {
    expect(listOf(given, 'dependsOn', 'x.ts')).toEqual(list)
  })

  test.each([5, '', [''], ['a', null], [['a']], {}, true])('%j is refused by name', (given) => {
    const error = thrown(() => listOf(given, 'dependsOn', 'x.ts'))
    expect(error).toMatchObject({ code: 'INVALID_REVISION', subject: 'x.ts' })
    expect(error.message).toContain('x.ts: "dependsOn" is ')
  })
})

test('messages name a revision by id and message, and by id alone where the message says no more', () => {
  expect(describeRevision({ revision: 'a1', message: 'add stars' })).toBe('a1 (add stars)')
  expect(describeRevision({ revision: 'a1', message: 'a1' })).toBe('a1')
  expect(describeRevision({ revision: 'a1', message: '' })).toBe('a1')
})
