import type { Target } from '../revisions/graph-types.js'
import type { KnownRevision } from '../revisions/revision.js'
import { recordStep } from '../runtime/recorder.js'
import { appliedRow } from '../runtime/version-rows.js'
import { type CommandContext, lookInto } from './context.js'
import { routeTo } from './route.js'
import { knownOf } from './select.js'
import { checkDirection, refuseUnknownOptions, targetsOf } from './target.js'

/** Where the script of {@link Migrator.sql} begins and ends. */
export interface SqlOptions {
  /** What is applied before. Default `base`: nothing. */
  readonly from?: Target
  /** What the script leads to. Default `head`. */
  readonly to?: Target
  /** Default: the way in which `to` lies from `from`. */
  readonly direction?: 'up' | 'down'
}

/** `migrator.sql()`: a script for the engine's own command-line client. Asks no database. */
export const sql = async (context: CommandContext, options: SqlOptions = {}): Promise<string> => {
  refuseUnknownOptions('sql', options, ['from', 'to', 'direction'])
  checkDirection('sql', options.direction)
  const catalog = await lookInto(context)
  const { from = 'base', to = 'head' } = options
  const { graph } = catalog
  const applied = graph.closure(targetsOf(catalog, from).flatMap((text) => graph.resolve(text, [])))
  const { direction, steps } = routeTo(graph, applied, targetsOf(catalog, to), options.direction)
  const { dialect } = context.table
  const inTransaction = dialect.stepTransaction !== undefined
  const end = dialect.scriptStatement ?? ((text: string): string => `${text};`)
  const block = (title: string, statements: readonly string[], isTransaction: boolean): string => {
    const lines = isTransaction ? ['BEGIN', ...statements, 'COMMIT'] : statements
    return `-- ${title.replaceAll(/\s+/gu, ' ')}\n\n${lines.map((text) => end(closed(text))).join('\n\n')}\n`
  }
  const blocks: string[] = []
  if (direction === 'up' && steps.length > 0)
    blocks.push(block('The version table', context.table.ensureSql(), inTransaction))
  for (const known of knownOf(catalog, steps)) {
    const statements = await statementsOf(context, known, direction)
    const { transaction } = await known.load()
    blocks.push(block(titleOf(known, direction), statements, inTransaction && transaction))
  }
  return blocks.length === 0 ? '-- Nothing to do.\n' : blocks.join('\n')
}

/** Behind a comment at its end, the end of a statement would be part of the comment. */
const closed = (text: string): string => (/(?:--|#).*$/u.test(text) ? `${text}\n` : text)

const statementsOf = async (
  { config, table }: CommandContext,
  known: KnownRevision,
  direction: 'up' | 'down',
): Promise<readonly string[]> => {
  const { sequelize } = config
  const statements = await recordStep(known, { sequelize, dialect: table.dialect, direction, reads: 'none' })
  // The record may still be that of what it replaces.
  if (direction === 'down')
    return [...statements, ...[known.revision, ...(known.replaces ?? [])].map((id) => table.deleteSql(id))]
  const row = appliedRow(known, await known.load())
  return [...statements, table.insertSql(row, table.dialect.instant.now, null)]
}

/** As Alembic announces a step. */
const titleOf = (known: KnownRevision, direction: 'up' | 'down'): string => {
  const { revision, message } = known
  const below = known.downRevision.join(', ') || '<base>'
  const way = direction === 'up' ? `upgrade ${below} -> ${revision}` : `downgrade ${revision} -> ${below}`
  return `Running ${way}${message === '' ? '' : `, ${message}`}`
}
