import { expect, test } from 'vitest'
import { buildRevisionGraph } from '../../../src/migrator/revisions/graph.js'
import { enumerate } from '../../../src/migrator/revisions/revision.js'

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `r${String(index).padStart(3, '0')}`)

test('a list of up to ten is whole, a longer one says how many more there are', () => {
  expect(enumerate([])).toBe('')
  expect(enumerate(ids(10))).toBe('r000, r001, r002, r003, r004, r005, r006, r007, r008, r009')
  expect(enumerate(ids(11))).toBe('r000, r001, r002, r003, r004, r005, r006, r007, r008, r009 and 1 more')
})

test('the error of a hundred heads names ten of them and carries all', () => {
  const graph = buildRevisionGraph(ids(100).map((revision) => ({ revision })))
  expect(() => graph.upgrade([], 'head')).toThrow(
    expect.objectContaining({
      code: 'MULTIPLE_HEADS',
      message: expect.stringMatching(/is 100 heads: r000, .*, r009 and 90 more\. Nothing was run\./u),
      revisions: ids(100),
    }),
  )
})
