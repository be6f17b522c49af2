import { expect, test } from 'vitest'
import { DEFAULT_COMPARE, parseCompareSettings } from '../../../src/migrator/autogenerate/settings.js'
import { thrown } from '../support.js'

test('what is not said is as it is by default', () => {
  expect(parseCompareSettings(undefined)).toEqual(DEFAULT_COMPARE)
  expect(parseCompareSettings({ names: false, types: undefined })).toEqual({
    ...DEFAULT_COMPARE,
    names: false,
  })
})

test.each([
  [[], 'INVALID_OPTION', 'compare'],
  [true, 'INVALID_OPTION', 'compare'],
  [{ nulls: false }, 'UNKNOWN_OPTION', 'compare.nulls'],
  [{ names: 'no' }, 'INVALID_OPTION', 'compare.names'],
  [{ extraTables: false }, 'INVALID_OPTION', 'compare.extraTables'],
])('%j is refused', (given, code, subject) => {
  expect(thrown(() => parseCompareSettings(given))).toMatchObject({ code, subject })
})
