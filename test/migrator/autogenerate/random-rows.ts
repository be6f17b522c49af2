// Rows for models whatever their types.

import type { Model, ModelStatic, Sequelize } from 'sequelize'

/** A data type as Sequelize holds it. */
interface HeldType {
  readonly key: string
  readonly values?: readonly string[]
  readonly type?: HeldType
  readonly options?: { readonly subtype?: HeldType | string }
  readonly _subtype?: string
}

const two = (row: number): string => String(row + 1).padStart(2, '0')

const RANGES: Readonly<Record<string, (row: number) => unknown>> = {
  DATE: (row) => [new Date(86_400_000 * (row + 1)), new Date(86_400_000 * (row + 9))],
  DATEONLY: (row) => [`2021-01-${two(row)}`, `2021-02-${two(row)}`],
}

/** A value for a column of this type, another one in each of two rows. */
export const sampleOf = (type: HeldType, row: number): unknown => {
  const { key } = type
  if (/^(?:STRING|CHAR|TEXT|CITEXT)$/u.test(key)) return `${row}v`
  if (/INT|INTEGER/u.test(key)) return row + 1
  if (/^(?:FLOAT|REAL|DOUBLE PRECISION|DOUBLE)$/u.test(key)) return row + 0.5
  switch (key) {
    case 'BOOLEAN':
      return row === 0
    case 'DECIMAL':
      return String(row + 1)
    case 'TIME':
      return `10:${two(row)}:00`
    case 'DATE':
      return new Date(86_400_000 * (row + 1))
    case 'DATEONLY':
      return `2021-03-${two(row)}`
    case 'BLOB':
      return Buffer.from(`${row}b`)
    case 'UUID':
      return `00000000-0000-4000-8000-0000000000${two(row)}`
    case 'ENUM':
      return type.values?.[row]
    case 'JSON':
    case 'JSONB':
      return { row }
    case 'TSVECTOR':
      return 'word'
    case 'INET':
      return `10.0.0.${row + 1}`
    case 'CIDR':
      return `10.${row + 1}.0.0/16`
    case 'MACADDR':
      return `08:00:2b:01:02:${two(row)}`
    case 'ARRAY':
      return [sampleOf(type.type ?? type, row)]
    case 'RANGE': {
      const subtype = type.options?.subtype
      const name = typeof subtype === 'object' ? subtype.key : (subtype ?? '')
      return RANGES[name]?.(row) ?? [row + 1, row + 5]
    }
    case 'GEOMETRY':
      return { type: 'Point', coordinates: [row + 1, 2] }
    default:
      throw new Error(`No value is known for ${key}`)
  }
}

/** The type of an attribute as Sequelize holds it. */
export const heldType = (model: ModelStatic<Model>, attribute: string): HeldType =>
  model.getAttributes()[attribute]?.type as unknown as HeldType

const valuesFor = (model: ModelStatic<Model>, row: number): Record<string, unknown> => {
  const values: Record<string, unknown> = {}
  for (const [name, attribute] of Object.entries(model.getAttributes())) {
    const type = heldType(model, name)
    if (attribute.autoIncrement === true || attribute.references !== undefined) continue
    if (type.key === 'VIRTUAL') {
      values[name] = 1
      continue
    }
    // Every other column that may be is NULL in the second row.
    const isNull =
      row === 1 && attribute.allowNull !== false && attribute.primaryKey !== true && name.length % 2 === 0
    values[name] = isNull ? null : sampleOf(type, row)
  }
  return values
}

/** Two rows in each table, which refer to rows where they can. */
export const insertRows = async (sequelize: Sequelize): Promise<void> => {
  const models = Object.values(sequelize.models)
  for (const model of models) for (const row of [0, 1]) await model.create(valuesFor(model, row))
  for (const model of models) {
    const links = Object.entries(model.getAttributes()).flatMap(([name, { references }]) =>
      typeof references === 'object' && references !== null && 'model' in references
        ? [[name, String(references.model)] as const]
        : [],
    )
    const [key] = model.primaryKeyAttributes
    if (key === undefined) continue
    for (const [name, target] of links) {
      const found = models.find(({ tableName }) => tableName === target)
      const at = (of: ModelStatic<Model>, row: number): unknown =>
        sampleOf(heldType(of, of.primaryKeyAttribute), row)
      if (found !== undefined)
        await model.update({ [name]: at(found, 0) }, { where: { [key]: at(model, 0) } })
    }
  }
}
