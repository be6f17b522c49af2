import type {
  CheckConstraint,
  Column,
  ForeignKeyConstraint,
  Index,
  IndexPart,
  PrimaryKey,
  Table,
  UniqueConstraint,
} from 'sm2kit/migrator'

// Values of a schema by what is special about them; the rest is as it is when nothing is said.

export const columnOf = (name: string, type: string, rest: Partial<Column> = {}): Column => ({
  name,
  type,
  enumType: null,
  nullable: true,
  default: null,
  autoIncrement: null,
  collation: null,
  comment: null,
  generated: null,
  onUpdate: null,
  isHidden: false,
  ...rest,
})

const keyParts = (columns: readonly string[]) =>
  columns.map((column) => ({ column, direction: 'asc', collation: null, prefixLength: null }) as const)

export const primaryKeyOf = (columns: readonly string[], rest: Partial<PrimaryKey> = {}): PrimaryKey => ({
  name: null,
  parts: keyParts(columns),
  include: [],
  deferrable: null,
  onConflict: null,
  ...rest,
})

export const uniqueOf = (
  columns: readonly string[],
  rest: Partial<UniqueConstraint> = {},
): UniqueConstraint => ({ ...primaryKeyOf(columns), nullsDistinct: true, ...rest })

const order = {
  direction: 'asc',
  nulls: null,
  collation: null,
  operatorClass: null,
  prefixLength: null,
} as const

export const on = (column: string, rest: Partial<IndexPart> = {}): IndexPart =>
  ({ kind: 'column', column, ...order, ...rest }) as IndexPart

export const by = (expression: string, rest: Partial<IndexPart> = {}): IndexPart =>
  ({ kind: 'expression', expression, ...order, ...rest }) as IndexPart

export const indexOf = (name: string, parts: readonly IndexPart[], rest: Partial<Index> = {}): Index => ({
  name,
  parts,
  unique: false,
  nullsDistinct: true,
  where: null,
  method: 'btree',
  include: [],
  storage: [],
  comment: null,
  isUsed: true,
  ...rest,
})

export const foreignKeyOf = (
  columns: readonly string[],
  target: string,
  targetColumns: readonly string[],
  rest: Partial<ForeignKeyConstraint> = {},
): ForeignKeyConstraint => ({
  name: null,
  columns,
  target: { schema: null, name: target },
  targetColumns,
  match: 'simple',
  onDelete: 'NO ACTION',
  onUpdate: 'NO ACTION',
  onDeleteColumns: [],
  deferrable: null,
  validated: true,
  ...rest,
})

export const checkOf = (expression: string, rest: Partial<CheckConstraint> = {}): CheckConstraint => ({
  name: null,
  expression,
  column: null,
  noInherit: false,
  validated: true,
  ...rest,
})

export const tableOf = (name: string, columns: readonly Column[], rest: Partial<Table> = {}): Table => ({
  schema: null,
  name,
  columns,
  primaryKey: null,
  uniques: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
  exclusions: [],
  comment: null,
  options: {},
  ...rest,
})
