import { beginsTableConstraint, type Constraint, type ConstraintKind, readConstraint } from './constraint.js'
import { type Column, type CreateTable, readColumn, type TableConstraint } from './create-table.js'
import { TokenReader } from './token-reader.js'
import { isSameName, isWord, quoteName } from './tokens.js'

/** The column of this name, if the table has one. */
export const columnOf = (table: CreateTable, name: string): Column | undefined =>
  table.columns.find((column) => isSameName(column.name, name))

/**
 * With another column; undefined when the text is no column's definition.
 *
 * @param place - How many columns stand in front of it. Default: all.
 */
export const withColumn = (
  table: CreateTable,
  definition: string,
  place: number = table.columns.length,
): CreateTable | undefined => {
  const column = readColumn(definition)
  if (column === undefined) return undefined
  const [first] = table.columns
  const blank = table.columns.at(-1)?.before ?? ''
  const before = isBlank(blank) && blank !== '' ? blank : ' '
  if (place > 0 || first === undefined)
    return { ...table, columns: table.columns.toSpliced(place, 0, { ...column, before }) }
  // What stands behind the bracket stays there.
  const columns = [{ ...column, before: first.before }, { ...first, before }, ...table.columns.slice(1)]
  return { ...table, columns }
}

/** With another definition in the place of a column's. */
export const withReplacedColumn = (table: CreateTable, column: Column): CreateTable => ({
  ...table,
  columns: table.columns.map((other) => (isSameName(other.name, column.name) ? column : other)),
})

/** Without a column; a comment that stood between it and the one before stays. */
export const withoutColumn = (table: CreateTable, name: string): CreateTable => {
  const at = table.columns.findIndex((column) => isSameName(column.name, name))
  const gone = table.columns[at]
  if (gone === undefined) return table
  const comment = isBlank(gone.before) ? '' : gone.before
  const columns = table.columns.flatMap((column, index) => {
    if (index === at) return []
    if (index === at - 1) return [{ ...column, after: column.after + comment }]
    return [index === 1 && at === 0 ? { ...column, before: comment + column.before } : column]
  })
  return { ...table, columns }
}

/** With another constraint behind the last one. */
export const withConstraint = (table: CreateTable, text: string): CreateTable => {
  const constraint = readConstraint(TokenReader.of(text), beginsTableConstraint)
  return {
    ...table,
    constraints: [...table.constraints, { ...constraint, before: ' ', after: '', hasComma: true }],
  }
}

/** Without one of the table's own constraints. */
export const withoutConstraint = (table: CreateTable, gone: Constraint): CreateTable =>
  withConstraints(
    table,
    table.constraints.filter((constraint) => constraint !== gone),
  )

const withConstraints = (table: CreateTable, constraints: readonly TableConstraint[]): CreateTable => ({
  ...table,
  // The first one needs the comma between it and the columns.
  constraints: constraints.map((one, index) => (index === 0 ? { ...one, hasComma: true } : one)),
})

/**
 * With a constraint of a column changed: in the place of the former one of its kind, behind all others, or taken away.
 *
 * @param text - Of the constraint; undefined takes it away.
 */
export const withPiece = (column: Column, kind: ConstraintKind, text: string | undefined): Column => {
  const at = column.constraints.findIndex((constraint) => constraint.kind === kind)
  const piece = (before: string): readonly Constraint[] =>
    text === undefined ? [] : [{ ...readConstraint(TokenReader.of(text), () => false), before }]
  if (at === -1) return { ...column, constraints: [...column.constraints, ...piece(' ')] }
  const rest = withoutPieces(column, (constraint) => constraint.kind === kind)
  const before = column.constraints[at]?.before ?? ' '
  return {
    ...rest,
    constraints: [
      ...rest.constraints.slice(0, at),
      ...piece(isBlank(before) ? before : ' '),
      ...rest.constraints.slice(at),
    ],
  }
}

/** Without the constraints that are meant; comments before them stay. */
export const withoutPieces = (column: Column, isGone: (constraint: Constraint) => boolean): Column => {
  const constraints: Constraint[] = []
  let comments = ''
  for (const constraint of column.constraints) {
    if (isGone(constraint)) comments += isBlank(constraint.before) ? '' : constraint.before
    else {
      constraints.push({ ...constraint, before: comments + constraint.before })
      comments = ''
    }
  }
  return { ...column, constraints, after: comments + column.after }
}

/** With another text of one of its constraints, the table's or a column's. */
export const withChangedConstraint = (
  table: CreateTable,
  changed: Constraint,
  change: (text: string) => string,
): CreateTable => {
  const read = <C extends Constraint>(constraint: C): C => {
    if (constraint !== changed) return constraint
    const text = readConstraint(TokenReader.of(change(constraint.text)), () => false)
    return { ...constraint, ...text, before: constraint.before }
  }
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, constraints: column.constraints.map(read) })),
    constraints: table.constraints.map(read),
  }
}

/** The text of a constraint under another name. */
export const withConstraintName = (text: string, name: string): string => {
  const reader = TokenReader.of(text)
  let from = 0
  while (isWord(reader.peek(), 'CONSTRAINT')) {
    reader.skip()
    const token = reader.skip()
    from = token.start + token.text.length
  }
  return `CONSTRAINT ${quoteName(name)}${from === 0 ? ` ${text}` : text.slice(from)}`
}

/** With another type. */
export const withType = (column: Column, type: string): Column => ({
  ...column,
  type,
  typeText:
    type === '' ? '' : column.type === '' ? ` ${type}` : column.typeText.replace(column.type, () => type),
})

/** Under another name, in the plain form in which SQLite stores it. */
export const withName = (table: CreateTable, name: string): CreateTable => ({
  ...table,
  head: 'CREATE TABLE ',
  name,
  nameText: quoteName(name),
})

/** Without the constraints that say nothing about how rows are stored: conditions and keys to other tables. */
export const withoutReferencesAndChecks = (table: CreateTable): CreateTable => {
  const isGone = ({ kind }: Constraint): boolean => kind === 'foreign key' || kind === 'check'
  return {
    ...withConstraints(
      table,
      table.constraints.filter((constraint) => !isGone(constraint)),
    ),
    columns: table.columns.map((column) => withoutPieces(column, isGone)),
  }
}

/** All constraints, those of columns with their column. */
export const constraintsOf = (
  table: CreateTable,
): readonly { readonly constraint: Constraint; readonly column?: Column }[] => [
  ...table.columns.flatMap((column) => column.constraints.map((constraint) => ({ constraint, column }))),
  ...table.constraints.map((constraint) => ({ constraint })),
]

/** Columns of a key, whether it is the table's or a column's. */
export const keyColumns = ({
  constraint,
  column,
}: {
  readonly constraint: Constraint
  readonly column?: Column
}): readonly string[] =>
  column === undefined ? (constraint.columns ?? []).map(({ name }) => name) : [column.name]

/** The columns of the primary key, in its order; none where there is none. */
export const primaryKeyOf = (table: CreateTable): readonly string[] => {
  const key = constraintsOf(table).find(({ constraint }) => constraint.kind === 'primary key')
  return key === undefined ? [] : keyColumns(key)
}

/** Whether the primary key is the number under which a row is stored. https://www.sqlite.org/lang_createtable.html#rowid */
export const hasRowidKey = (table: CreateTable): boolean => {
  const key = constraintsOf(table).find(({ constraint }) => constraint.kind === 'primary key')
  if (key === undefined || table.isWithoutRowid) return false
  const [name = '', ...others] = keyColumns(key)
  const isDescending = key.column !== undefined && key.constraint.order === 'DESC'
  return others.length === 0 && !isDescending && columnOf(table, name)?.type.toUpperCase() === 'INTEGER'
}

/** Whether a column's value is computed. */
export const isGenerated = ({ constraints }: Column): boolean =>
  constraints.some(({ kind }) => kind === 'generated')

/**
 * What decides how rows are stored. Two definitions that agree in it differ only in what their text says: checks, foreign
 * keys and NOT NULL. A default is part of it: rows that are older than their column read it from the text.
 */
export const storageOf = (table: CreateTable): string => {
  const texts = (constraints: readonly Constraint[]): readonly string[] =>
    constraints
      .filter(({ kind }) => !['foreign key', 'check', 'not null', 'null'].includes(kind))
      .map(({ text }) => text)
  return JSON.stringify([
    table.columns.map(({ name, type, constraints }) => [name, type, texts(constraints)]),
    texts(table.constraints),
    [table.isWithoutRowid, table.isStrict],
  ])
}

const isBlank = (text: string): boolean => text.trim() === ''

/** A column with further pieces behind all others. */
export const withPieces = (column: Column, texts: readonly string[]): Column => ({
  ...column,
  constraints: [
    ...column.constraints,
    ...texts.map((text) => ({ ...readConstraint(TokenReader.of(text), () => false), before: ' ' })),
  ],
})
