/** How far a batch has come. Plain JSON. */
export interface BatchProgress {
  /** Of the last row that was handed over; none before the first. */
  readonly cursor: readonly string[] | null
  readonly rows: number
  readonly batches: number
  /** No row was left behind the cursor. */
  readonly done: boolean
}

/** Rows that are handed over together, with the place of the last one. */
export interface Page {
  readonly rows: readonly unknown[]
  readonly cursor: readonly string[] | null
  /** Nothing was behind it when it was read. */
  readonly isLast: boolean
}

/** A call that goes through a table, for whoever decides what is committed when. */
export interface BatchCall {
  /** The method of `op`. */
  readonly method: string
  /** For messages. */
  readonly table: string
  readonly name: string
  readonly size: number
  /**
   * Looks at the table before the first page.
   *
   * @param commitsPages - Each page is to be a transaction: refuses a table that takes no part in one.
   */
  prepare(commitsPages: boolean): Promise<void>
  read(cursor: readonly string[] | null, size: number): Promise<Page>
  hand(page: Page): Promise<void>
  /** Tells listeners. */
  told(progress: BatchProgress): Promise<void>
}

export const START: BatchProgress = { cursor: null, rows: 0, batches: 0, done: false }

/** Reads the page behind, and hands it over. */
export const advance = async (call: BatchCall, from: BatchProgress): Promise<BatchProgress> => {
  const page = await call.read(from.cursor, call.size)
  if (page.rows.length === 0) return { ...from, done: true }
  await call.hand(page)
  return {
    cursor: page.cursor,
    rows: from.rows + page.rows.length,
    batches: from.batches + 1,
    done: page.isLast,
  }
}

/** All pages, in a transaction that somebody else has begun and will end. */
export const goThrough = async (call: BatchCall): Promise<BatchProgress> => {
  await call.prepare(false)
  let progress = START
  while (!progress.done) {
    const before = progress
    progress = await advance(call, before)
    if (progress.batches > before.batches) await call.told(progress)
  }
  return progress
}
