import { describe, expect, test } from 'vitest'
import { RevisionError } from '../../../src/migrator/errors.js'
import { refuseDependents, refuseIrreversible, refuseUnmet } from '../../../src/migrator/revisions/guards.js'
import type { KnownRevision } from '../../../src/migrator/revisions/revision.js'
import { thrown } from '../support.js'

const known = (revision: string, downRevision: string[] = [], dependsOn: string[] = []): KnownRevision => ({
  revision,
  downRevision,
  dependsOn,
  branchLabels: [],
  message: `add ${revision}`,
  name: revision,
  label: `migrations/${revision}.ts`,
  origin: 'file',
  checksum: null,
  load: async () => ({ up: () => undefined, transaction: true, breaking: false }),
})

describe('a revision whose ground is not applied', () => {
  test('is refused, with everything that is missing, parents and dependencies', () => {
    const error = thrown(() => refuseUnmet(known('c', ['a', 'b'], ['x']), (id) => id === 'a'))
    expect(error).toBeInstanceOf(RevisionError)
    expect(error).toMatchObject({ code: 'UNMET_DEPENDENCY', revisions: ['c', 'b', 'x'] })
    expect(error.message).toContain('c (add c) stands on b, x, which are not applied')
  })

  test('is not refused when all of it is', () => {
    expect(refuseUnmet(known('c', ['a'], ['x']), () => true)).toBeUndefined()
    expect(refuseUnmet(known('a'), () => false)).toBeUndefined()
  })
})

describe('a revision that others stand on', () => {
  const all = [known('a'), known('b', ['a']), known('c', [], ['a']), known('d', ['c'])]

  test('is not reverted before them, parents and dependencies alike', () => {
    const error = thrown(() => refuseDependents(known('a'), all, () => true))
    expect(error).toMatchObject({ code: 'HAS_DEPENDENTS', revisions: ['a', 'b', 'c'] })
    expect(error.message).toContain('b (add b), c (add c) stand on it and are applied')
  })

  test('is reverted when none of them is applied', () => {
    expect(refuseDependents(known('a'), all, (id) => id === 'a' || id === 'd')).toBeUndefined()
  })
})

test('a revision without down is called by its id, its message and its file', () => {
  const error = refuseIrreversible(known('a'))
  expect(error).toMatchObject({ code: 'IRREVERSIBLE', revisions: ['a'], subject: 'migrations/a.ts' })
  expect(error.message).toContain('a (add a) (migrations/a.ts) has no "down". Nothing was run.')
})
