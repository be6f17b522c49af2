import type { VersionTableOptions } from '../config.js'
import { MigratorError, RevisionError } from '../errors.js'
import { quoteTable } from '../operations/sequelize.js'
import { foldApplied, partlyApplied } from '../revisions/replaced.js'
import type { KnownRevision } from '../revisions/revision.js'
import { selectWith } from '../runtime/session.js'
import { appliedRow } from '../runtime/version-rows.js'
import type { Catalog } from './catalog.js'
import { type CommandContext, lookInto, runWriting } from './context.js'
import { refusePartly, replaceRowsIn } from './replaced-rows.js'
import { refuseUnknownOptions } from './target.js'

/** Whose record `adopt` takes over. */
export interface AdoptOptions {
  /** The table in which Umzug or sequelize-cli has recorded what it ran. Default `SequelizeMeta`. */
  readonly from?: string | Pick<VersionTableOptions, 'tableName' | 'schema'>
}

/** What `adopt` recorded, by revision id, in the order of the revisions. */
export interface AdoptReport {
  /** Recorded as applied now; their code did not run. */
  readonly adopted: readonly string[]
  /** Were recorded before. */
  readonly already: readonly string[]
}

/** `migrator.adopt()`: takes over what Umzug or sequelize-cli has recorded. All in one transaction; the old table stays as it is. */
export const adopt = (context: CommandContext, options: AdoptOptions = {}): Promise<AdoptReport> =>
  runWriting(context, async () => {
    refuseUnknownOptions('adopt', options, ['from'])
    const { from = 'SequelizeMeta' } = options
    const tableName = typeof from === 'string' ? from : from.tableName
    if (typeof tableName !== 'string' || tableName === '')
      throw new MigratorError(
        'INVALID_OPTION',
        'adopt(): "from" must be the name of a table, or { tableName, schema }. Nothing was recorded.',
        { subject: 'from' },
      )
    const { table, runner, config } = context
    let report: AdoptReport = { adopted: [], already: [] }
    // What cannot be meant is refused before anything is made; what is recorded is decided under the lock.
    const names = await readNames(context, from)
    revisionsOf(await lookInto(context), names, tableName)
    await runner.sessions.write(async (session) => {
      const state = await replaceRowsIn(context, session)
      refusePartly(state)
      const revisions = revisionsOf(state.catalog, names, tableName)
      const isNew = ({ revision }: KnownRevision): boolean => !state.rows.has(revision)
      for (const known of revisions.filter(isNew)) {
        await table.insert(session, appliedRow(known, await known.load()))
      }
      const idsOf = (list: readonly KnownRevision[]): readonly string[] =>
        list.map(({ revision }) => revision)
      report = {
        adopted: idsOf(revisions.filter(isNew)),
        already: idsOf(revisions.filter((known) => !isNew(known))),
      }
    })
    config.logger.info({ event: 'adopted', from: tableName, revisions: report.adopted })
    return report
  })

const readNames = async (
  { config, table }: CommandContext,
  from: NonNullable<AdoptOptions['from']>,
): Promise<readonly string[]> => {
  const queryInterface = config.sequelize.getQueryInterface()
  const column = queryInterface.quoteIdentifier('name', true)
  const quoted = quoteTable(queryInterface, from)
  const tableName = typeof from === 'string' ? from : from.tableName
  try {
    const text = `SELECT ${column} AS name FROM ${quoted}`
    const rows = await selectWith<{ name: string }>(config.sequelize, text, null)
    return rows.map(({ name }) => String(name))
  } catch (cause) {
    if (table.dialect.classify(cause) !== 'MISSING_TABLE') throw cause
    throw new MigratorError(
      'NOTHING_TO_ADOPT',
      `There is no table "${tableName}" to take over. Nothing was recorded. Name the table in which Umzug or sequelize-cli ` +
        'has recorded its migrations: adopt({ from: … }).',
      { cause, subject: tableName },
    )
  }
}

/** Umzug records a file with its extension, or without; the file may have been compiled, or turned to TypeScript, since. */
const revisionsOf = (
  catalog: Catalog,
  names: readonly string[],
  tableName: string,
): readonly KnownRevision[] => {
  const bare = (name: string): string => name.replace(/\.(?:[cm]?[jt]s|sql)$/u, '')
  const replaced = new Map(
    names.map((name) => [name, replacedId(catalog, name) ?? replacedId(catalog, bare(name))]),
  )
  const { whole, partly } = foldApplied(
    [...replaced.values()].filter((id) => id !== undefined),
    catalog.replacements,
  )
  const [part] = partly
  if (part !== undefined) throw partlyApplied(part)
  const inPlace = whole.flatMap(({ revision }) => catalog.byId.get(revision) ?? [])
  const found = new Map(
    names
      .filter((name) => replaced.get(name) === undefined)
      .map((name) => [name, catalog.find(name) ?? catalog.find(bare(name))]),
  )
  const missing = [...found].flatMap(([name, known]) => (known === undefined ? [name] : []))
  if (missing.length > 0)
    throw new RevisionError(
      'UNKNOWN_REVISION',
      `"${tableName}" records ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? `, and ${missing.length - 10} more` : ''}, and ` +
        'no revision has that name. Nothing was recorded. Name the folder that has the files in "migrations", or delete the ' +
        'rows of files that are gone.',
      { revisions: missing, subject: tableName },
    )
  const wanted = new Set([...found.values(), ...inPlace])
  return catalog.ordered.filter((known) => wanted.has(known))
}

/** The id of a revision that was replaced, whether its file is there still or not: a plain file's is its name. */
const replacedId = ({ replacements, replaced }: Catalog, name: string): string | undefined =>
  replacements.has(name) ? name : [...replaced.values()].find((known) => known.name === name)?.revision
