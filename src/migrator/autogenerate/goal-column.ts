import { isSameSql } from '../operations/sql-names.js'
import { isSameTypeFamily } from '../operations/type-change.js'
import { isSame } from '../schema/equal.js'
import type { ModelTable } from '../schema/model-table.js'
import type { Column, QualifiedName } from '../schema/schema.js'
import { type CompareContext, ofTable } from './context.js'

const isList = ({ type }: Column): boolean => type.endsWith(']')

/** An enum whose values stand in the type of the column. */
const isInlineEnum = ({ type }: Column): boolean => /^enum\(/iu.test(type)

const isSameType = (actual: Column, wanted: Column, { settings }: CompareContext): boolean => {
  if (actual.enumType !== null && wanted.enumType !== null && isList(actual) === isList(wanted))
    return !settings.enums || isSame(actual.enumType, wanted.enumType)
  if (!settings.enums && isInlineEnum(actual) && isInlineEnum(wanted)) return true
  return actual.type === wanted.type && isSame(actual.enumType, wanted.enumType)
}

const NUMERIC_TYPE =
  /^(?:(?:tiny|small|medium|big)?int|numeric|decimal|real|double|float|number|serial|money|bit|bool)/iu
const NUMBER = /^\(*'?([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)'?\)*(?:::[\w ]+(?:\([\d,]+\))?)?$/iu

/** Digits without signs and zeros that mean nothing: numbers may be too long for JavaScript's. */
const plainNumber = (text: string): string => {
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([+-]?)(\d*)\.?(\d*)(e[+-]?\d+)?$/iu.exec(text) ?? []
  const digits = `${whole.replace(/^0+/u, '') || '0'}.${fraction.replace(/0+$/u, '')}${exponent.toLowerCase()}`
  return sign === '-' && /[1-9]/u.test(digits) ? `-${digits}` : digits
}

/** Whether two defaults are the same value, as far as that can be seen: the same text, or the same number. */
export const isSameDefault = (actual: Column, wanted: Column): boolean => {
  const [one, other] = [actual.default, wanted.default]
  if (one === null || other === null || one === other) return one === other
  if (!NUMERIC_TYPE.test(wanted.type)) return false
  const [a, b] = [NUMBER.exec(one)?.[1], NUMBER.exec(other)?.[1]]
  return a !== undefined && b !== undefined && plainNumber(a) === plainNumber(b)
}

const isCounting = ({ default: value }: Column): boolean => value?.startsWith('nextval(') === true

/** What a column is to become that database and models both have: the actual one, with what differs. */
export const goalColumn = (
  actual: Column,
  wanted: Column,
  table: QualifiedName,
  model: ModelTable | undefined,
  context: CompareContext,
): Column => {
  const { settings, traits, compareType, ignore } = context
  const said = model?.columns.find(({ name }) => name === wanted.name)
  const comment = traits.comments && settings.comments ? wanted.comment : actual.comment
  const nullable = settings.nullability ? wanted.nullable : actual.nullable
  const what = ofTable(`column ${actual.name}`, table)

  if (actual.generated !== null || wanted.generated !== null) {
    if (wanted.generated === null) ignore(what, 'it is computed, and the models say nothing of that')
    if (!settings.generated || wanted.generated === null) return { ...actual, comment }
    const isSameExpression =
      actual.generated?.stored === wanted.generated.stored &&
      isSameSql(actual.generated.expression, wanted.generated.expression)
    if (!isSameExpression) return { ...wanted, comment }
  }

  const decided = compareType?.(actual, wanted, table)
  const isOther = typeof decided === 'boolean' ? decided : !isSameType(actual, wanted, context)
  const differs = settings.types && isOther
  const isOtherEnum =
    (wanted.enumType !== null && !isSame(actual.enumType, wanted.enumType)) ||
    (isInlineEnum(wanted) && actual.type !== wanted.type)
  const isCollationSaid = said?.collation !== undefined || wanted.collation !== null
  // A text of another length compares as before, unless a model says how.
  const keepsCollation =
    !isCollationSaid && isSameTypeFamily(actual.type, wanted.type) && !isTextOfUuid(actual)
  const typed = differs
    ? {
        ...actual,
        type: wanted.type,
        enumType: wanted.enumType,
        collation: keepsCollation ? actual.collation : wanted.collation,
      }
    : actual
  if (!isCollationSaid && (!differs || keepsCollation) && actual.collation !== null)
    ignore(what, `the models say nothing of its collation ${actual.collation}`)
  const collation =
    settings.types && settings.collations && isCollationSaid ? wanted.collation : typed.collation

  const isNumbered = wanted.autoIncrement !== null
  // How it counts, no model can say: a sequence of another kind, or one that is shared.
  const countsAlready = isNumbered && (actual.autoIncrement !== null || isCounting(actual))
  if (isNumbered && actual.autoIncrement === null && countsAlready)
    ignore(what, 'it is numbered by a sequence that is not its own')
  const autoIncrement =
    countsAlready || !(settings.autoIncrement || differs) ? actual.autoIncrement : wanted.autoIncrement
  // The default of another type cannot be kept.
  const keepsDefault =
    countsAlready ||
    actual.generated !== null ||
    (!differs && (isOther || isOtherEnum || !settings.defaults || isSameDefault(actual, wanted)))
  return {
    ...typed,
    nullable,
    default: keepsDefault ? actual.default : wanted.default,
    autoIncrement,
    collation,
    comment,
  }
}

/** A UUID where the engine has no type of it: Sequelize's `CHAR(36) BINARY`. Its collation is part of that, and goes with it. */
const isTextOfUuid = ({ type, collation }: Column): boolean =>
  type === 'char(36)' && collation?.endsWith('_bin') === true
