import type { ModelColumn } from '../../schema/model-table.js'

/** A data type ENUM of Sequelize's, as far as it is read here. */
export interface EnumOfSequelize {
  readonly key: string
  readonly values: readonly string[]
}

/** A name as SQL, always in quotes. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The enum type that `Model.sync` makes for a column, or for what its array holds. */
export const enumOf = ({ attribute }: ModelColumn): EnumOfSequelize | undefined => {
  const type = attribute['type'] as { readonly key?: string; readonly type?: { readonly key?: string } }
  const one = type.key === 'ARRAY' ? type.type : type
  if (one?.key !== 'ENUM') return undefined
  const { values } = attribute
  const own = one as EnumOfSequelize
  return Array.isArray(values) && type.key === 'ENUM' ? { key: 'ENUM', values } : own
}

const BEFORE_COMMENT = /(?= COMMENT )/u

/** What Sequelize cannot say goes before the comment, which it takes off again from the end. */
export const completed = (text: string, { collation, generated }: ModelColumn): string => {
  const extras = [
    ...(collation === undefined ? [] : [` COLLATE ${quoteIdentifier(collation)}`]),
    ...(generated === undefined
      ? []
      : [` GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`]),
  ]
  if (extras.length === 0) return text
  const [definition = '', ...comment] = text.split(BEFORE_COMMENT)
  return [definition, ...extras, ...comment].join('')
}
