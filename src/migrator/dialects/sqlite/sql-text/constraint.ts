import { TokenReader } from './token-reader.js'
import { isName, isWord, nameOf, type Token } from './tokens.js'

/** What a constraint is; `unknown` keeps its text and says nothing else. */
export type ConstraintKind =
  | 'primary key'
  | 'unique'
  | 'not null'
  | 'null'
  | 'check'
  | 'default'
  | 'collate'
  | 'foreign key'
  | 'generated'
  | 'unknown'

/** A constraint of a column or of a table, as it is written. */
export interface Constraint {
  readonly kind: ConstraintKind
  /** White space and comments before it. */
  readonly before: string
  /** Word for word, with its name. */
  readonly text: string
  /** What `CONSTRAINT` calls it. */
  readonly name?: string
  /** Columns of a key that is a constraint of the table. */
  readonly columns?: readonly KeyColumn[]
  /** The condition of a check, the value of a default, the expression of a generated column; a default keeps its brackets. */
  readonly expression?: string
  /** Of a foreign key. */
  readonly references?: Reference
  /** `ON CONFLICT`: `ROLLBACK`, `ABORT`, `FAIL`, `IGNORE` or `REPLACE`. */
  readonly onConflict?: string
  /** Of a primary key. */
  readonly isAutoincrement?: boolean
  /** Of a primary key on a column. */
  readonly order?: 'ASC' | 'DESC'
  /** Of a generated column. */
  readonly isStored?: boolean
  /** Of `COLLATE`. */
  readonly collation?: string
}

/** A column of a primary key, a unique constraint or the columns' side of a foreign key. */
export interface KeyColumn {
  readonly name: string
  readonly collation?: string
  readonly order?: 'ASC' | 'DESC'
}

/** What a foreign key refers to, and its actions; absent is what was not written. */
export interface Reference {
  readonly table: string
  /** Empty: the primary key. */
  readonly columns: readonly string[]
  readonly onDelete?: string
  readonly onUpdate?: string
  readonly match?: string
  readonly deferrable?: 'DEFERRABLE' | 'NOT DEFERRABLE'
  readonly initially?: 'DEFERRED' | 'IMMEDIATE'
}

type Details = Omit<Constraint, 'before' | 'text' | 'name'>

/**
 * Reads one constraint at the reader's place.
 *
 * @param isStart - Whether a token begins the next constraint: what stands before it and is not understood belongs to this one.
 */
export const readConstraint = (
  reader: TokenReader,
  isStart: (reader: TokenReader) => boolean,
): Constraint => {
  const before = reader.trivia()
  const from = reader.position
  const name = readName(reader)
  const details = readDetails(reader)
  // At least one token each, so that reading ends.
  if (reader.position === from) reader.skip()
  while (!reader.isAtEnd && !isStart(reader)) reader.skip()
  return { ...details, ...(name === undefined ? {} : { name }), before, text: reader.textFrom(from) }
}

/** The last of several names counts: `CONSTRAINT a CONSTRAINT b CHECK (…)` is legal. */
const readName = (reader: TokenReader): string | undefined => {
  let name: string | undefined
  while (isWord(reader.peek(), 'CONSTRAINT') && isName(reader.peek(1))) {
    reader.skip()
    name = nameOf(reader.skip())
  }
  return name
}

const readDetails = (reader: TokenReader): Details => {
  if (reader.takes('PRIMARY', 'KEY')) return readPrimaryKey(reader)
  if (reader.takes('UNIQUE')) return { kind: 'unique', ...readColumns(reader), ...readConflict(reader) }
  if (reader.takes('NOT', 'NULL')) return { kind: 'not null', ...readConflict(reader) }
  if (reader.takes('NULL')) return { kind: 'null', ...readConflict(reader) }
  if (reader.takes('CHECK')) return { kind: 'check', ...readExpression(reader), ...readConflict(reader) }
  if (reader.takes('DEFAULT')) return { kind: 'default', expression: readDefault(reader) }
  if (reader.takes('COLLATE')) {
    const token = reader.peek()
    if (isName(token)) reader.skip()
    return { kind: 'collate', ...(isName(token) ? { collation: nameOf(token) } : {}) }
  }
  if (reader.takes('FOREIGN', 'KEY')) {
    const columns = readColumns(reader)
    const reference = reader.takes('REFERENCES') ? { references: readReference(reader) } : {}
    return { kind: 'foreign key', ...columns, ...reference }
  }
  if (reader.takes('REFERENCES')) return { kind: 'foreign key', references: readReference(reader) }
  if (reader.takes('GENERATED', 'ALWAYS', 'AS') || reader.takes('AS')) {
    const expression = readExpression(reader)
    const isStored = reader.takes('STORED')
    if (!isStored) reader.takes('VIRTUAL')
    return { kind: 'generated', ...expression, isStored }
  }
  return { kind: 'unknown' }
}

const readPrimaryKey = (reader: TokenReader): Details => {
  const columns = readColumns(reader)
  const order = readOrder(reader)
  const conflict = readConflict(reader)
  const isAutoincrement = reader.takes('AUTOINCREMENT')
  // In a constraint of the table the word stands inside the brackets.
  return {
    kind: 'primary key',
    ...(columns.columns === undefined ? {} : { columns: columns.columns }),
    ...order,
    ...conflict,
    isAutoincrement: isAutoincrement || columns.isAutoincrement === true,
  }
}

const readOrder = (reader: TokenReader): { order?: 'ASC' | 'DESC' } => {
  if (reader.takes('ASC')) return { order: 'ASC' }
  return reader.takes('DESC') ? { order: 'DESC' } : {}
}

const readConflict = (reader: TokenReader): { onConflict?: string } =>
  reader.takes('ON', 'CONFLICT') ? { onConflict: reader.skip().text.toUpperCase() } : {}

const readExpression = (reader: TokenReader): { expression?: string } => {
  const group = reader.group()
  return group === undefined ? {} : { expression: group.slice(1, -1).trim() }
}

const readDefault = (reader: TokenReader): string => {
  const group = reader.group()
  if (group !== undefined) return group
  const from = reader.position
  if (isWord(reader.peek(), '+', '-')) reader.skip()
  if (!reader.isAtEnd) reader.skip()
  return reader.textFrom(from)
}

const readColumns = (reader: TokenReader): { columns?: readonly KeyColumn[]; isAutoincrement?: boolean } => {
  const group = reader.group()
  if (group === undefined) return {}
  let isAutoincrement = false
  const inner = TokenReader.of(group.slice(1, -1))
  const columns = inner.listItems().map((item): KeyColumn => {
    const first = item.isAtEnd ? undefined : item.skip()
    const collation = item.takes('COLLATE') ? nameOf(item.skip()) : undefined
    const order = readOrder(item)
    isAutoincrement ||= item.takes('AUTOINCREMENT')
    return {
      name: first === undefined ? '' : nameOf(first),
      ...(collation === undefined ? {} : { collation }),
      ...order,
    }
  })
  return { columns, ...(isAutoincrement ? { isAutoincrement } : {}) }
}

const readReference = (reader: TokenReader): Reference => {
  const table = nameOf(reader.skip())
  const columns = readColumns(reader).columns?.map(({ name }) => name) ?? []
  const rest: { -readonly [Key in keyof Reference]?: Reference[Key] } = {}
  for (;;) {
    if (reader.takes('ON', 'DELETE')) rest.onDelete = readAction(reader)
    else if (reader.takes('ON', 'UPDATE')) rest.onUpdate = readAction(reader)
    else if (reader.takes('ON', 'INSERT')) readAction(reader)
    else if (reader.takes('MATCH')) rest.match = nameOf(reader.skip())
    else if (reader.takes('NOT', 'DEFERRABLE')) rest.deferrable = 'NOT DEFERRABLE'
    else if (reader.takes('DEFERRABLE')) rest.deferrable = 'DEFERRABLE'
    else if (reader.takes('INITIALLY', 'DEFERRED')) rest.initially = 'DEFERRED'
    else if (reader.takes('INITIALLY', 'IMMEDIATE')) rest.initially = 'IMMEDIATE'
    else return { table, columns, ...rest }
  }
}

const readAction = (reader: TokenReader): string => {
  for (const words of [
    ['SET', 'NULL'],
    ['SET', 'DEFAULT'],
    ['NO', 'ACTION'],
  ] as const)
    if (reader.takes(...words)) return words.join(' ')
  return reader.skip().text.toUpperCase()
}

/** Whether a constraint of a column begins here. */
export const beginsColumnConstraint = (reader: TokenReader): boolean => {
  const token: Token | undefined = reader.peek()
  if (isWord(token, 'GENERATED')) return isWord(reader.peek(1), 'ALWAYS')
  return COLUMN_WORDS.has(token?.keyword)
}

const COLUMN_WORDS: ReadonlySet<string | undefined> = new Set([
  ...['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'AS'],
])

/** Whether a constraint of the table begins here; SQLite takes them without a comma between. */
export const beginsTableConstraint = (reader: TokenReader): boolean =>
  isWord(reader.peek(), 'CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')
