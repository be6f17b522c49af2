import type { Sequelize } from 'sequelize'
import type { Reader } from './dialect-session.js'
import type { Table } from './schema/schema.js'

/** How far a copy has come. */
export interface CopyProgress {
  /** Bytes of the copy that are there, about. */
  readonly bytes: number
  /** Bytes of the database that is copied, as it lies on the disk, about. */
  readonly totalBytes: number
}

/** What is asked of a copy. */
export interface CopyRequest {
  /** The host's instance; its database is only read. */
  readonly source: Sequelize
  /** How many rows of each table, where the engine can leave some out. */
  readonly rows: number | 'all'
  /** A database with nothing in it, made as the copy would be. */
  readonly isEmpty?: boolean
  /** Whether it is to stay: it then has a name that no rehearsal takes for a dead one's. */
  readonly keep: boolean
  /** Throws when the copy is not wanted any more; called often. */
  readonly checkpoint: () => void
  /** Told before the first row is copied, and about every second from then on. */
  readonly progress?: (progress: CopyProgress) => Promise<void>
}

/** A database that is a copy of another, and belongs to whoever asked for it. */
export interface DatabaseCopy {
  /** Of the host's own class, with the host's options, on the copy. */
  readonly sequelize: Sequelize
  /** Where it is: a file, or the name of a database. */
  readonly place: string
  /** What the copy lacks, in words. */
  readonly lacks: readonly string[]
  /** Closes it, and lets it stay. */
  close(): Promise<void>
  /** Closes it, and removes it. */
  drop(): Promise<void>
}

/** What the name of a copy begins with: one that is dropped with its rehearsal, and one that was asked for. */
export const prefixOf = ({ keep }: Pick<CopyRequest, 'keep'>): string =>
  keep ? 'sm2kit_kept_' : 'sm2kit_rehearsal_'

/** What a rehearsal needs of an engine. */
export interface Copying {
  /**
   * Removes what dead processes have left of their copies, then makes one.
   *
   * @throws CopyRefused
   */
  copy(request: CopyRequest): Promise<DatabaseCopy>
  /** By column, a digest of its values in all rows, each beside the row's key, whatever the order of the rows. */
  digests(reader: Reader, table: Table): Promise<ReadonlyMap<string, string>>
}

/** Thrown by an engine that cannot copy this database. */
export class CopyRefused extends Error {
  override readonly name = 'CopyRefused'

  /**
   * @param fault - Part of a sentence, behind "and".
   * @param remedy - What it takes; part of a sentence.
   */
  constructor(
    readonly fault: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(fault, cause === undefined ? undefined : { cause })
  }
}

/** Instances of the host's own class on another database, for the time of a copy. */
export const siblingOf = (source: Sequelize, changes: Readonly<Record<string, unknown>>): Sequelize => {
  const { options, config } = source as unknown as {
    readonly options: Readonly<Record<string, unknown>>
    readonly config: Readonly<Record<string, unknown>>
  }
  const { database, username, password, host, port } = config
  const known = Object.entries({ database, username, password, host, port }).filter(
    ([, value]) => value !== undefined && value !== null,
  )
  const Instance = source.constructor as new (given: Record<string, unknown>) => Sequelize
  // sequelize-typescript takes models as options, and would take the host's away from the host's instance.
  const { models: _, modelPaths: __, ...rest } = options
  // What a replica lags behind is no copy; the primary is where `config` points to, unless replication says otherwise.
  return new Instance({
    ...rest,
    ...Object.fromEntries(known),
    ...primaryOf(options['replication']),
    replication: false,
    ...changes,
  })
}

const primaryOf = (replication: unknown): object =>
  typeof replication === 'object' && replication !== null && 'write' in replication
    ? (replication.write as object)
    : {}

/** Options of an instance whose one connection stays open until it is closed. */
export const ONE_CONNECTION = { pool: { min: 1, max: 1, idle: 2 ** 31 - 1, evict: 2 ** 31 - 1 } } as const

/** The columns of a table that hold values of their own, and those that a row is told from others by. */
export const columnsToDigest = (
  table: Table,
): { readonly key: readonly string[]; readonly columns: readonly string[] } => ({
  key: table.primaryKey?.parts.map(({ column }) => column) ?? [],
  columns: table.columns.filter(({ generated }) => generated === null).map(({ name }) => name),
})
