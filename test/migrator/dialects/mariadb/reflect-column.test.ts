import { expect, test } from 'vitest'
import type { ColumnRow } from '../../../../src/migrator/dialects/mariadb/information-schema.js'
import { columnOf } from '../../../../src/migrator/dialects/mariadb/reflect-column.js'

const rowOf = (dataType: string, rest: Partial<ColumnRow> = {}): ColumnRow => ({
  tableName: 't',
  name: 'c',
  type: dataType,
  dataType,
  nullable: 'YES',
  defaultText: null,
  extra: '',
  collation: null,
  comment: '',
  generation: null,
  ...rest,
})

const onMysql = { isMariadb: false, collation: 'utf8mb4_0900_ai_ci', isJson: false }

// What MySQL 8 has in information_schema.COLUMNS: https://dev.mysql.com/doc/refman/8.0/en/information-schema-columns-table.html
test.each([
  ['a text, which it prints without quotes', rowOf('varchar', { defaultText: "it's \\" }), "'it''s \\\\'"],
  ['a number', rowOf('int', { defaultText: '0' }), '0'],
  ['bits', rowOf('bit', { defaultText: "b'101'" }), "b'101'"],
  ['a day', rowOf('date', { defaultText: '2020-02-29' }), "'2020-02-29'"],
  ['the text NULL', rowOf('varchar', { defaultText: 'NULL' }), "'NULL'"],
  ['none', rowOf('varchar'), null],
  [
    'the clock',
    rowOf('datetime', { defaultText: 'CURRENT_TIMESTAMP(3)', extra: 'DEFAULT_GENERATED' }),
    'CURRENT_TIMESTAMP(3)',
  ],
  [
    'an expression, whose quotes it escapes',
    rowOf('varchar', { defaultText: "concat(_utf8mb4\\'a\\',uuid())", extra: 'DEFAULT_GENERATED' }),
    "(concat(_utf8mb4'a',uuid()))",
  ],
])('on MySQL the default %s is SQL', (_what, row, expected) => {
  expect(columnOf(row, onMysql).default).toBe(expected)
})

test('on MySQL the clock of ON UPDATE, a generated and an invisible column are told from what else is in EXTRA', () => {
  const clock = rowOf('datetime', {
    defaultText: 'CURRENT_TIMESTAMP',
    extra: 'DEFAULT_GENERATED on update CURRENT_TIMESTAMP',
  })
  expect(columnOf(clock, onMysql)).toMatchObject({ onUpdate: 'CURRENT_TIMESTAMP', generated: null })
  const generated = rowOf('int', {
    extra: 'VIRTUAL GENERATED INVISIBLE',
    generation: "length(_utf8mb4\\'a\\')",
  })
  expect(columnOf(generated, onMysql)).toMatchObject({
    generated: { expression: "length(_utf8mb4'a')", stored: false },
    isHidden: true,
  })
})
