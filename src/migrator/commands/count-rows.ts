import type { Sequelize } from 'sequelize'
import type { RowQuestion } from '../operations/row-questions.js'
import { selectWith } from '../runtime/session.js'
import type { QualifiedName } from '../schema/schema.js'

/** More in one statement is more than some engines take. */
const QUESTIONS_A_STATEMENT = 100

/**
 * Answers questions about rows: as many questions as there may be, in as few statements as that takes. What cannot be
 * counted is `null`: a hazard without a number is better than no revision.
 */
export const countRows = async (
  sequelize: Sequelize,
  questions: readonly Pick<RowQuestion, 'table' | 'condition'>[],
): Promise<readonly (number | null)[]> => {
  const texts = questions.map((question) => countSql(question, sequelize))
  // The same table may be asked about for many of its columns.
  const distinct = [...new Set(texts)]
  const counts = new Map<string, number | null>()
  for (let at = 0; at < distinct.length; at += QUESTIONS_A_STATEMENT) {
    const some = distinct.slice(at, at + QUESTIONS_A_STATEMENT)
    const found = await answersTo(some, sequelize)
    for (const [index, text] of some.entries()) counts.set(text, found[index] ?? null)
  }
  return texts.map((text) => counts.get(text) ?? null)
}

const answersTo = async (
  texts: readonly string[],
  sequelize: Sequelize,
): Promise<readonly (number | null)[]> => {
  const columns = texts.map((text, index) => `(${text}) AS c${index}`)
  try {
    const [row = {}] = await selectWith<Record<string, unknown>>(
      sequelize,
      `SELECT ${columns.join(', ')}`,
      null,
    )
    return texts.map((_text, index) => Number(row[`c${index}`] ?? 0))
  } catch {
    // One that cannot be asked must not take the others with it.
    if (texts.length === 1) return [null]
    const each: (number | null)[] = []
    for (const text of texts) each.push(...(await answersTo([text], sequelize)))
    return each
  }
}

const countSql = (
  { table, condition }: Pick<RowQuestion, 'table' | 'condition'>,
  sequelize: Sequelize,
): string => {
  const quoted = (name: string): string => sequelize.getQueryInterface().quoteIdentifier(name, true)
  const named = ({ schema, name }: QualifiedName): string =>
    schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
  const filled = (columns: readonly string[]): string =>
    columns.map((name) => `t.${quoted(name)} IS NOT NULL`).join(' AND ')
  const count = `SELECT count(*) FROM ${named(table)} t`
  switch (condition.kind) {
    case 'all':
      return count
    case 'is null':
      return `${count} WHERE t.${quoted(condition.column)} IS NULL`
    case 'holds': {
      const values = condition.values.map((value) => sequelize.escape(value))
      return `${count} WHERE t.${quoted(condition.column)} IN (${values.join(', ')})`
    }
    case 'violates':
      return `${count} WHERE NOT (${condition.expression})`
    case 'duplicates': {
      const columns = condition.columns.map((name) => `t.${quoted(name)}`).join(', ')
      const groups = `SELECT count(*) AS n FROM ${named(table)} t WHERE ${filled(condition.columns)} GROUP BY ${columns} HAVING count(*) > 1`
      return `SELECT coalesce(sum(g.n), 0) FROM (${groups}) g`
    }
    case 'orphans': {
      const pairs = condition.columns.map(
        (name, index) => `o.${quoted(condition.targetColumns[index] ?? name)} = t.${quoted(name)}`,
      )
      const target = `SELECT 1 FROM ${named(condition.target)} o WHERE ${pairs.join(' AND ')}`
      return `${count} WHERE ${filled(condition.columns)} AND NOT EXISTS (${target})`
    }
  }
}
