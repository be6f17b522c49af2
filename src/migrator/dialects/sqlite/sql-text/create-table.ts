import {
  beginsColumnConstraint,
  beginsTableConstraint,
  type Constraint,
  readConstraint,
} from './constraint.js'
import { TokenReader } from './token-reader.js'
import { isName, isWord, nameOf, type Token } from './tokens.js'

/**
 * A `CREATE TABLE` as it is stored, in parts. {@link printCreateTable} gives the text back, character for character.
 */
export interface CreateTable {
  /** Up to the name of the table. */
  readonly head: string
  readonly name: string
  /** The name as it is written, without a schema. */
  readonly nameText: string
  /** From the name to the opening bracket, with it. */
  readonly open: string
  readonly columns: readonly Column[]
  readonly constraints: readonly TableConstraint[]
  /** From the last item to the end: the closing bracket and the table's options. */
  readonly tail: string
  readonly isWithoutRowid: boolean
  readonly isStrict: boolean
}

/** A column as it is written. */
export interface Column {
  /** White space and comments before it: what stands behind the comma. */
  readonly before: string
  readonly name: string
  readonly nameText: string
  /** Declared type; empty where there is none. */
  readonly type: string
  /** The type as it is written, with the white space before it. */
  readonly typeText: string
  readonly constraints: readonly Constraint[]
  /** What stands between it and the next comma. */
  readonly after: string
}

/** A constraint of the table as it is written. */
export interface TableConstraint extends Constraint {
  /** What stands between it and the next comma. */
  readonly after: string
  /** SQLite takes constraints of a table without a comma between them. */
  readonly hasComma: boolean
}

/**
 * Splits a stored `CREATE TABLE`.
 *
 * @param sql - The `sql` of `sqlite_schema`, or the same as somebody would write it.
 * @returns Undefined for what is none: a virtual table, a `CREATE TABLE … AS`.
 *
 * @see https://www.sqlite.org/lang_createtable.html
 */
export const parseCreateTable = (sql: string): CreateTable | undefined => {
  const reader = TokenReader.of(sql)
  if (!reader.takes('CREATE')) return undefined
  if (!reader.takes('TEMP')) reader.takes('TEMPORARY')
  if (!reader.takes('TABLE')) return undefined
  reader.takes('IF', 'NOT', 'EXISTS')
  let nameToken = reader.peek()
  if (isWord(reader.peek(1), '.')) {
    reader.skip()
    reader.skip()
    nameToken = reader.peek()
  }
  if (!isName(nameToken)) return undefined
  reader.skip()
  const afterName = nameToken.start + nameToken.text.length
  const bracket = reader.peek()
  const from = reader.position
  const body = reader.group()
  if (bracket === undefined || body === undefined || !body.endsWith(')')) return undefined
  const open = bracket.start + 1
  const close = bracket.start + body.length - 1
  const items = readItems(reader.tokensFrom(from).slice(1, -1))
  if (items === undefined) return undefined
  const options = TokenReader.of(sql.slice(close + 1)).listItems()
  return {
    head: sql.slice(0, nameToken.start),
    name: nameOf(nameToken),
    nameText: nameToken.text,
    open: sql.slice(afterName, open),
    ...items,
    tail: sql.slice(close),
    isWithoutRowid: options.some((option) => option.takes('WITHOUT', 'ROWID')),
    isStrict: options.some((option) => option.takes('STRICT')),
  }
}

const readItems = (body: readonly Token[]): Pick<CreateTable, 'columns' | 'constraints'> | undefined => {
  const columns: Column[] = []
  const constraints: TableConstraint[] = []
  for (const tokens of new TokenReader(body).listTokens()) {
    const reader = new TokenReader(tokens)
    if (columns.length === 0 || !beginsTableConstraint(reader)) {
      const column = readColumn(reader)
      // Columns cannot follow constraints; whatever this is, it is not understood.
      if (column === undefined || constraints.length > 0) return undefined
      columns.push(column)
    } else constraints.push(...readTableConstraints(reader))
  }
  return { columns, constraints }
}

/**
 * Reads the definition of one column.
 *
 * @param definition - At its beginning; or a text, such as `"stars" INTEGER NOT NULL`.
 */
export const readColumn = (definition: TokenReader | string): Column | undefined => {
  const reader = typeof definition === 'string' ? TokenReader.of(definition) : definition
  const before = reader.trivia()
  const token = reader.peek()
  if (!isName(token)) return undefined
  reader.skip()
  const space = reader.trivia()
  const from = reader.position
  while (!reader.isAtEnd && !beginsColumnConstraint(reader)) reader.skip()
  const type = reader.textFrom(from)
  const constraints: Constraint[] = []
  while (!reader.isAtEnd) constraints.push(readConstraint(reader, beginsColumnConstraint))
  return {
    before,
    name: nameOf(token),
    nameText: token.text,
    type,
    typeText: type === '' ? '' : space + type,
    constraints,
    after: reader.trivia(),
  }
}

const readTableConstraints = (reader: TokenReader): readonly TableConstraint[] => {
  const constraints: TableConstraint[] = []
  while (!reader.isAtEnd) {
    const constraint = readConstraint(reader, beginsTableConstraint)
    constraints.push({ ...constraint, after: '', hasComma: constraints.length === 0 })
  }
  const last = constraints.pop()
  return last === undefined ? [] : [...constraints, { ...last, after: reader.trivia() }]
}

/** The text of a table's definition. */
export const printCreateTable = (table: CreateTable): string =>
  [
    table.head,
    table.nameText,
    table.open,
    table.columns.map((column) => column.before + printColumn(column) + column.after).join(','),
    ...table.constraints.map(
      ({ before, text, after, hasComma }) => (hasComma ? ',' : '') + before + text + after,
    ),
    table.tail,
  ].join('')

/** The text of a column's definition, without what stands around it. */
export const printColumn = ({ nameText, typeText, constraints }: Column): string =>
  nameText + typeText + constraints.map(({ before, text }) => before + text).join('')
