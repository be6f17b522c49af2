import type { ModelTable } from '../schema/model-table.js'
import type { QualifiedName } from '../schema/schema.js'
import type { CompareContext, NamedObject } from './context.js'

/** Whose name it is about. */
export interface GoalName {
  readonly kind: NamedObject['kind']
  readonly table: QualifiedName
  readonly model: ModelTable | undefined
  readonly context: CompareContext
}

/** As an engine has cut it that takes names of 63 bytes: the model has the whole of it. */
const isCut = (whole: string, name: string): boolean =>
  whole === name || (new TextEncoder().encode(name).length >= 62 && whole.startsWith(name))

/** Whether the author of the models has written this name. */
const isAuthors = ({ kind, model }: GoalName, name: string): boolean => {
  if (model === undefined) return false
  if (kind === 'check') return model.checks?.some((check) => check.name === name) === true
  const list =
    kind === 'index' ? [...model.indexes, ...model.uniques] : kind === 'unique' ? model.uniques : []
  return list.some((one) => one.isNamed && isCut(one.name, name))
}

/** The name of something that is there: the author's, where there is one and names are compared. */
export const withAuthorName = (
  what: GoalName,
  actual: string | null,
  wanted: string | null,
): string | null =>
  what.context.settings.names && wanted !== null && actual !== null && isAuthors(what, wanted)
    ? wanted
    : actual

/** The name of something new: the author's, or the convention's. */
export const newName = (what: GoalName, wanted: string | null, columns: readonly string[]): string | null => {
  const { kind, table, context } = what
  if (context.namingConvention === undefined || (wanted !== null && isAuthors(what, wanted))) return wanted
  const object = { kind, table: { schema: table.schema, name: table.name }, columns, name: wanted }
  return context.namingConvention(object) ?? wanted
}
