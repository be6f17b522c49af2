import type { KnownRevision, RevisionBody } from '../revisions/revision.js'

/** A row of the version table: one applied (or interrupted) revision. */
export interface VersionRow {
  readonly revision: string
  readonly name: string
  readonly checksum: string | null
  readonly appliedAt: Date
  readonly durationMs: number
  /** `started`: a step without a transaction was interrupted; its journal says where. */
  readonly state: 'applied' | 'started'
  /** Of sm2kit, when the row was written. */
  readonly version: string
  /** Who wrote it, on which machine; `null` where a script did. */
  readonly appliedBy: string | null
  readonly breaking: boolean
}

/** A row to be written: when, by whom, and by which sm2kit, is not the writer's to say. */
export interface NewVersionRow extends Omit<VersionRow, 'appliedAt' | 'appliedBy' | 'version'> {
  /** What is noted beside the last row of a run; {@link VersionState.notes}. */
  readonly note?: string
}

/** A row that is written later than its step was done. */
export interface TimedRow {
  readonly row: NewVersionRow
  readonly at: Date
}

/** What is noted beside the row of one revision. */
export interface RowNote {
  readonly revision: string
  readonly text: string
}

/** The row of a revision that is applied, with the note that is meant for it. */
export const appliedRow = (
  { revision, name, checksum }: KnownRevision,
  { breaking }: RevisionBody,
  durationMs = 0,
  note?: RowNote,
): NewVersionRow => {
  const row: NewVersionRow = { revision, name, checksum, breaking, durationMs, state: 'applied' }
  return note?.revision === revision ? { ...row, note: note.text } : row
}

/** Of a row, in the order in which it is read and written; `note` is written where there is one. */
export const COLUMNS = [
  'revision',
  'name',
  'checksum',
  'applied_at',
  'duration_ms',
  'state',
  'version',
  'breaking',
  'applied_by',
  'note',
] as const

/** In the order of {@link COLUMNS}. */
export type RawRow = readonly [
  revision: string,
  name: string,
  checksum: string | null,
  appliedAt: string,
  durationMs: number | string,
  state: 'applied' | 'started',
  version: string,
  breaking: number | string,
  appliedBy: string | null,
  note: string | null,
]

/** Texts of all rows in one, as an engine gives them that can ({@link Dialect.inOneRow}); `null` where there is no row. */
export interface RowTexts {
  /** A line for each row: a list in JSON. */
  readonly listed: string | null
  /** As {@link marksOf} gives them, by {@link MARK_SQL} of each. */
  readonly marks: string | null
  /** A line each. */
  readonly notes: string | null
}

/** What the version table says, as it was read. A start with nothing to do never takes the rows apart. */
export class VersionState {
  readonly #instantOf: (value: string) => Date
  readonly #texts: RowTexts | undefined
  #raw: readonly RawRow[] | undefined
  #rows: ReadonlyMap<string, VersionRow> | undefined

  /**
   * @param recorded - None on a database that was never migrated.
   * @param instantOf - The instant of what the engine gives for one.
   */
  constructor(recorded: readonly RawRow[] | RowTexts, instantOf: (value: string) => Date) {
    this.#instantOf = instantOf
    if ('listed' in recorded) this.#texts = recorded
    else this.#raw = recorded
  }

  /** By id. */
  get rows(): ReadonlyMap<string, VersionRow> {
    this.#rows ??= new Map(this.#all().map((raw) => [raw[0], this.#rowOf(raw)]))
    return this.#rows
  }

  /** The row of one revision. */
  row(revision: string): VersionRow | undefined {
    // One of a thousand lines, where the engine has written it as JSON is written here.
    const start = `[${JSON.stringify(revision)},`
    const line = this.#texts?.listed?.split('\n').find((one) => one.startsWith(start))
    return line === undefined ? this.rows.get(revision) : this.#rowOf(JSON.parse(line))
  }

  /** {@link marksOf} all rows. */
  get marks(): string {
    return this.#texts === undefined ? marksOf(this.rows.values()) : (this.#texts.marks ?? '')
  }

  /** What runs have noted beside their last rows. */
  get notes(): readonly string[] {
    if (this.#texts === undefined) return this.#all().flatMap((raw) => raw[NOTE] ?? [])
    return this.#texts.notes?.split('\n') ?? []
  }

  #all(): readonly RawRow[] {
    this.#raw ??= JSON.parse(`[${(this.#texts?.listed ?? '').replaceAll('\n', ',')}]`) as readonly RawRow[]
    return this.#raw
  }

  #rowOf(raw: RawRow): VersionRow {
    const [revision, name, checksum, appliedAt, durationMs, state, version, breaking, appliedBy] = raw
    return {
      ...{ revision, name, checksum, state, version, appliedBy },
      appliedAt: this.#instantOf(appliedAt),
      durationMs: Number(durationMs),
      breaking: Number(breaking) === 1,
    }
  }
}

/** Place of the note in a {@link RawRow}. */
const NOTE = 9

/** What makes the rows another state of the database: of each, in order of id, a line of id, checksum and state. */
export const marksOf = (rows: Iterable<Pick<VersionRow, 'revision' | 'checksum' | 'state'>>): string =>
  [...rows]
    .sort((one, other) => (one.revision < other.revision ? -1 : 1))
    .map(({ revision, checksum, state }) => `${revision} ${checksum} ${state}`)
    .join('\n')

/** SQL of a line of {@link marksOf}. */
export const MARK_SQL = "revision || ' ' || coalesce(checksum, 'null') || ' ' || state"
