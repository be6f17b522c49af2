import { MigratorError } from '../errors.js'

/** Which kinds of difference are looked for. What is switched off is never a difference. */
export interface CompareSettings {
  /** New tables, and tables that no model names. Default on. */
  readonly tables: boolean
  /** What becomes of tables that no model names: `drop` (default) or `keep`. Tables of other tools are kept always. */
  readonly extraTables: 'drop' | 'keep'
  /** New columns, and columns that no model names. Default on. */
  readonly columns: boolean
  /** Types of columns. Default on. */
  readonly types: boolean
  /** NOT NULL. Default on. */
  readonly nullability: boolean
  /** Defaults of columns. Default on. */
  readonly defaults: boolean
  /** Whether the engine numbers rows. Default on. */
  readonly autoIncrement: boolean
  /** Comments of tables and columns, where the engine has them. Default on. */
  readonly comments: boolean
  /** Collations of columns, where a model says one. Default on. */
  readonly collations: boolean
  /** Computed columns, where a model says one. Default on. */
  readonly generated: boolean
  /** Columns of primary keys. Default on. */
  readonly primaryKeys: boolean
  /** Unique constraints. Default on. */
  readonly uniques: boolean
  /** A unique index where the models have a constraint is a difference, and the reverse. Default off. */
  readonly uniqueKinds: boolean
  /** Indexes. Default on. */
  readonly indexes: boolean
  /** Indexes that only the database has are removed. Default on. */
  readonly extraIndexes: boolean
  /** Foreign keys. Default on. */
  readonly foreignKeys: boolean
  /** ON DELETE and ON UPDATE of foreign keys. Default on. */
  readonly foreignKeyActions: boolean
  /** Check constraints of tables whose models say something of checks. Default on. */
  readonly checks: boolean
  /** Values and names of enum types. Default on. */
  readonly enums: boolean
  /** Names of indexes and constraints, where the author of the models has written them. Default on. */
  readonly names: boolean
  /** Engine, collation and row format of tables, where a model says them. Default off. */
  readonly tableOptions: boolean
}

/** Each kind as it is when nothing is said. */
export const DEFAULT_COMPARE: CompareSettings = {
  tables: true,
  extraTables: 'drop',
  columns: true,
  types: true,
  nullability: true,
  defaults: true,
  autoIncrement: true,
  comments: true,
  collations: true,
  generated: true,
  primaryKeys: true,
  uniques: true,
  uniqueKinds: false,
  indexes: true,
  extraIndexes: true,
  foreignKeys: true,
  foreignKeyActions: true,
  checks: true,
  enums: true,
  names: true,
  tableOptions: false,
}

const invalid = (subject: string, message: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `${message} Nothing was compared.`, { subject })

/**
 * The settings, checked and completed.
 *
 * @param given - As the user wrote it, or undefined.
 * @throws MigratorError `UNKNOWN_OPTION` and `INVALID_OPTION`, which name the setting and what it may be.
 */
export const parseCompareSettings = (given: unknown): CompareSettings => {
  if (given === undefined) return DEFAULT_COMPARE
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid('compare', `"compare" must be an object of switches, such as { names: false }.`)
  const names = Object.keys(DEFAULT_COMPARE)
  for (const [name, value] of Object.entries(given)) {
    const subject = `compare.${name}`
    if (!names.includes(name)) {
      const text = `There is no option "${subject}". Its switches are ${names.join(', ')}. Nothing was compared.`
      throw new MigratorError('UNKNOWN_OPTION', text, { subject })
    }
    if (name === 'extraTables') {
      if (value !== undefined && value !== 'drop' && value !== 'keep')
        throw invalid(subject, `"${subject}" must be "drop" or "keep".`)
    } else if (value !== undefined && typeof value !== 'boolean')
      throw invalid(subject, `"${subject}" must be true or false.`)
  }
  const said = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...DEFAULT_COMPARE, ...Object.fromEntries(said) }
}
