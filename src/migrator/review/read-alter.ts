import type { AlterAction, ColumnText } from './sql-statement.js'
import type { TokenReader } from './token-reader.js'

/** What ends a type. */
const AFTER_TYPE: ReadonlySet<string> = new Set([
  ...[
    'NOT',
    'NULL',
    'DEFAULT',
    'UNIQUE',
    'PRIMARY',
    'REFERENCES',
    'CHECK',
    'CONSTRAINT',
    'GENERATED',
    'AS',
    'COLLATE',
  ],
  ...[
    'COMMENT',
    'AUTO_INCREMENT',
    'AUTOINCREMENT',
    'USING',
    'FIRST',
    'AFTER',
    'ON',
    'INVISIBLE',
    'STORED',
    'VIRTUAL',
    'PERSISTENT',
  ],
])

/** What ends a default. */
const AFTER_DEFAULT: ReadonlySet<string> = new Set(
  [...AFTER_TYPE].filter((word) => word !== 'NULL' && word !== 'AS'),
)

/** A column's name, type and clauses. */
export const readColumn = (reader: TokenReader): ColumnText | undefined => {
  const name = reader.name()
  if (name === undefined) return undefined
  const type = reader.textUntil(AFTER_TYPE)
  const isStored = reader.has('STORED') || reader.has('PERSISTENT')
  const isGenerated =
    reader.has('GENERATED', 'ALWAYS', 'AS', '(') || (reader.has('AS', '(') && !reader.has('IDENTITY'))
  const isNumbered =
    /\bserial\b|\bbigserial\b|\bsmallserial\b/iu.test(type) ||
    reader.has('AS', 'IDENTITY') ||
    reader.has('AUTO_INCREMENT') ||
    reader.has('AUTOINCREMENT')
  return {
    name,
    type,
    notNull: reader.has('NOT', 'NULL') || reader.has('PRIMARY', 'KEY') || /serial\b/iu.test(type),
    default: reader.behind('DEFAULT')?.textUntil(AFTER_DEFAULT) ?? null,
    isNumbered,
    generated: isGenerated ? (isStored ? 'stored' : 'virtual') : null,
    isUnique: reader.has('UNIQUE'),
    isPrimary: reader.has('PRIMARY', 'KEY'),
    hasReference: reader.has('REFERENCES'),
    hasCheck: reader.has('CHECK'),
  }
}

const other = (reader: TokenReader): AlterAction => ({ kind: 'other', words: wordsOf(reader) })
const light = (reader: TokenReader): AlterAction => ({ kind: 'light', words: wordsOf(reader) })

/** The first words, for people. */
export const wordsOf = ({ tokens }: TokenReader): string =>
  tokens
    .slice(0, 4)
    .map(({ source }) => source)
    .join(' ')

/** Columns in brackets; none where something else stands among them. */
export const columnsIn = (reader: TokenReader | undefined): readonly string[] => {
  if (reader === undefined) return []
  const columns: string[] = []
  for (const part of reader.parts()) {
    const name = part.tokens[0]?.kind === 'symbol' ? undefined : part.name()
    if (name === undefined || part.peek() === '(') return []
    columns.push(name)
  }
  return columns
}

const readConstraint = (reader: TokenReader): AlterAction | undefined => {
  const isNamed = reader.take('CONSTRAINT')
  const startsKind = ['FOREIGN', 'CHECK', 'UNIQUE', 'PRIMARY', 'EXCLUDE'].includes(reader.peek() ?? '')
  const name = isNamed && !startsKind ? (reader.name() ?? null) : null
  if (isNamed) reader.take('IF', 'NOT', 'EXISTS')
  const base = { kind: 'addConstraint', name, expression: '' } as const
  const isNotValid = reader.has('NOT', 'VALID')
  const usesIndex = reader.has('USING', 'INDEX')
  if (reader.take('FOREIGN', 'KEY')) {
    if (reader.peek() !== '(') reader.name()
    return { ...base, type: 'foreign key', columns: columnsIn(reader.brackets()), isNotValid, usesIndex }
  }
  if (reader.take('CHECK')) {
    const expression = reader.brackets()?.textUntil(new Set()) ?? ''
    return { ...base, type: 'check', columns: [], expression, isNotValid, usesIndex }
  }
  if (reader.take('PRIMARY', 'KEY'))
    return { ...base, type: 'primary key', columns: columnsIn(reader.brackets()), isNotValid, usesIndex }
  if (reader.take('EXCLUDE')) return { ...base, type: 'exclusion', columns: [], isNotValid, usesIndex }
  if (reader.take('UNIQUE')) {
    reader.take('INDEX')
    reader.take('KEY')
    if (reader.peek() !== '(' && !usesIndex) reader.name()
    return { ...base, type: 'unique', columns: columnsIn(reader.brackets()), isNotValid, usesIndex }
  }
  return undefined
}

const readAdd = (reader: TokenReader): AlterAction => {
  const constraint = readConstraint(reader)
  if (constraint !== undefined) return constraint
  const type = ['FULLTEXT', 'SPATIAL'].find((word) => reader.take(word)) ?? ''
  if (reader.take('INDEX') || reader.take('KEY')) {
    reader.take('IF', 'NOT', 'EXISTS')
    if (reader.peek() !== '(') reader.name()
    return { kind: 'addIndex', unique: false, columns: columnsIn(reader.brackets()), type }
  }
  if (reader.take('PARTITION')) return other(reader)
  reader.take('COLUMN')
  reader.take('IF', 'NOT', 'EXISTS')
  const column = readColumn(reader.brackets() ?? reader)
  return column === undefined ? other(reader) : { kind: 'addColumn', column }
}

const readDrop = (reader: TokenReader): AlterAction => {
  if (reader.take('PRIMARY', 'KEY')) return { kind: 'dropPrimaryKey' }
  const isIndex = reader.take('INDEX') || reader.take('KEY')
  const isConstraint =
    !isIndex && (reader.take('CONSTRAINT') || reader.take('FOREIGN', 'KEY') || reader.take('CHECK'))
  if (reader.take('PARTITION')) return other(reader)
  if (!isIndex && !isConstraint) reader.take('COLUMN')
  reader.take('IF', 'EXISTS')
  const name = reader.name()
  if (name === undefined) return other(reader)
  if (isIndex) return { kind: 'dropIndex', name }
  return isConstraint ? { kind: 'dropConstraint', name } : { kind: 'dropColumn', column: name }
}

const readAlterColumn = (reader: TokenReader): AlterAction => {
  reader.take('COLUMN')
  const column = reader.name()
  if (column === undefined) return other(reader)
  if (reader.take('TYPE') || reader.take('SET', 'DATA', 'TYPE')) {
    const isConverted = reader.has('USING')
    return { kind: 'alterType', column, type: reader.textUntil(AFTER_TYPE), isConverted }
  }
  if (reader.take('SET', 'NOT', 'NULL')) return { kind: 'setNotNull', column }
  return light(reader)
}

const readRename = (reader: TokenReader): AlterAction => {
  if (reader.take('CONSTRAINT') || reader.take('INDEX') || reader.take('KEY')) return light(reader)
  if (reader.take('TO') || reader.take('AS')) {
    const to = reader.qualified()
    return to === undefined ? other(reader) : { kind: 'renameTable', to }
  }
  reader.take('COLUMN')
  const from = reader.name()
  const to = reader.take('TO') ? reader.name() : undefined
  return from === undefined || to === undefined ? other(reader) : { kind: 'renameColumn', from, to }
}

const readChange = (reader: TokenReader, isRenaming: boolean): AlterAction => {
  reader.take('COLUMN')
  reader.take('IF', 'EXISTS')
  const from = isRenaming ? reader.name() : undefined
  const column = readColumn(reader)
  return column === undefined ? other(reader) : { kind: 'changeColumn', from: from ?? column.name, column }
}

/** One part of an ALTER TABLE. */
export const readAction = (reader: TokenReader): AlterAction => {
  if (reader.take('ADD')) return readAdd(reader)
  if (reader.take('DROP')) return readDrop(reader)
  if (reader.take('ALTER', 'INDEX') || reader.take('ALTER', 'CONSTRAINT')) return light(reader)
  if (reader.take('ALTER')) return readAlterColumn(reader)
  if (reader.take('RENAME')) return readRename(reader)
  if (reader.take('MODIFY')) return readChange(reader, false)
  if (reader.take('CHANGE')) return readChange(reader, true)
  if (reader.take('SET', 'SCHEMA')) return { kind: 'setSchema' }
  if (reader.take('VALIDATE', 'CONSTRAINT')) {
    const name = reader.name()
    return name === undefined ? other(reader) : { kind: 'validateConstraint', name }
  }
  for (const name of ['ALGORITHM', 'LOCK', 'ENGINE'])
    if (reader.take(name)) {
      reader.take('=')
      return { kind: 'option', name, value: (reader.name() ?? '').toUpperCase() }
    }
  if (['COMMENT', 'OWNER', 'AUTO_INCREMENT', 'REPLICA', 'CLUSTER'].includes(reader.peek() ?? ''))
    return light(reader)
  return other(reader)
}
