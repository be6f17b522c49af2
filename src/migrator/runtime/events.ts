import type { QueryInterface } from 'sequelize'
import type { MigratorLogger } from '../config.js'
import { MigratorError, messageOf } from '../errors.js'
import type { KnownRevision } from '../revisions/revision.js'

/** What a listener of a step is told: Umzug's payload. */
export interface StepEvent {
  /** Umzug's name of the revision. */
  readonly name: string
  /** Absolute path of the revision file; absent in memory. */
  readonly path?: string
  /** The host's QueryInterface, not bound to the step. */
  readonly context: QueryInterface
}

/** What a listener of a command is told: Umzug's payload. */
export interface CommandEvent {
  /** The verb, such as `up`. */
  readonly command: string
  /** The host's QueryInterface. */
  readonly context: QueryInterface
}

/** How far a call of `op.batch` or `op.fill` has come. */
export interface BatchProgressEvent {
  /** The table that is gone through; with its schema, where it was named with one. */
  readonly table: string
  /** Name of the batch, which tells several of one step from each other. */
  readonly batch: string
  /** Rows that were handed over, those before an interruption too. */
  readonly rows: number
  /** Batches, those before an interruption too. */
  readonly batches: number
  /** Milliseconds since the call, whole. */
  readonly elapsedMs: number
  /** About how many rows there are in all; absent where the engine does not know without counting, and with a `where`. */
  readonly total?: number
}

/** What a listener of `progress` is told. */
export interface ProgressEvent extends BatchProgressEvent {
  /** Id of the revision. */
  readonly revision: string
  /** Umzug's name of the revision. */
  readonly name: string
}

/** What a listener of `waiting` is told. */
export interface WaitingEvent {
  /** Who holds the lock, as far as the engine tells; part of a sentence, without a password. */
  readonly holder: string
  /** Milliseconds since the wait began, whole. */
  readonly waitedMs: number
  /** `lock.timeoutMs`: after so many milliseconds the wait ends with `LOCK_TIMEOUT`. */
  readonly timeoutMs: number
}

/** How far the copy of the database that `rehearse` makes has come. */
export interface CopyingEvent {
  /** Bytes of the copy that are there, about. */
  readonly bytes: number
  /** Bytes that it takes in all, about: what the database has on the disk. Fewer rows take fewer. */
  readonly totalBytes: number
  /** Milliseconds since the copy began, whole. */
  readonly elapsedMs: number
}

/** What a listener of `statement` is told. No value is in it. */
export interface StatementEvent {
  /** Id of the revision. */
  readonly revision: string
  /** Umzug's name of the revision. */
  readonly name: string
  /** The way the step goes. */
  readonly direction: 'up' | 'down'
  /** Its place in the step, from 1. */
  readonly statement: number
  /** `CREATE TABLE`, `ALTER TABLE`, `INSERT`, `SELECT` …; its first word where there is no better one. */
  readonly kind: string
  /** In one line, without comments: each text is `?`, and each number in a statement about rows. */
  readonly sql: string
  /** Milliseconds from sending it to the answer, with fractions. */
  readonly durationMs: number
  /** Rows that it wrote, or read; `null` where the engine does not tell. */
  readonly rows: number | null
  /** Whether it failed; the step has then failed too, unless its author caught it. */
  readonly failed: boolean
}

/** What a listener of `step` is told, once a step is over. */
export interface StepEndEvent {
  /** Id of the revision. */
  readonly revision: string
  /** Umzug's name of the revision. */
  readonly name: string
  /** The way it went. */
  readonly direction: 'up' | 'down'
  /** `done`: and committed; with `transaction: 'run'`, with all the others. `failed`: the step was not done. */
  readonly state: 'done' | 'failed'
  /** Milliseconds, whole. */
  readonly durationMs: number
  /** How many statements its author's code sent. */
  readonly statements: number
  /** Rows that these wrote, as far as the engine tells. */
  readonly rows: number
  /** Why it failed. */
  readonly error?: MigratorError
}

/** Umzug's events by name and some of ours, with what their listeners receive. */
export interface MigratorEventMap {
  /** A revision is about to be applied; the lock is held. */
  migrating: StepEvent
  /** A revision was applied, and committed; with `transaction: 'run'`, with all the others. */
  migrated: StepEvent
  /** A revision is about to be reverted; the lock is held. */
  reverting: StepEvent
  /** A revision was reverted, and committed; with `transaction: 'run'`, with all the others. */
  reverted: StepEvent
  /** A step is over, well or badly: with its time, its statements and their rows. */
  step: StepEndEvent
  /** A statement of a step has come back. Nothing is paid for it where nobody listens. */
  statement: StatementEvent
  /** A batch of `op.batch` is done; committed, where batches commit one by one. */
  progress: ProgressEvent
  /** The lock was waited for longer than a second; told again every ten. A lock that is free at once is never told of. */
  waiting: WaitingEvent
  /** `rehearse` copies the database: told before the first row, then about every second, and when the copy is there. */
  copying: CopyingEvent
  /** A verb was called. */
  beforeCommand: CommandEvent
  /** A verb is over, well or badly. */
  afterCommand: CommandEvent
}

/** What is true when a listener has failed. */
const AFTERWARDS: Readonly<Record<keyof MigratorEventMap, string>> = {
  migrating: 'The step was not run.',
  migrated: 'The revision is applied all the same; what was to come after it was not run.',
  reverting: 'The step was not run.',
  reverted: 'The revision is reverted all the same; what was to come after it was not run.',
  step: 'What it did stays; what was to come after it was not run.',
  statement: 'The step was stopped there.',
  progress: 'The step was stopped there; batches that were committed stay so.',
  waiting: 'The lock was not waited for any longer; nothing more was run.',
  copying: 'The copy was removed; the database was only read.',
  beforeCommand: 'Nothing was run.',
  afterCommand: 'The command itself was done.',
}

type StepOver = Pick<StepEndEvent, 'direction' | 'durationMs' | 'statements' | 'rows'>

const idsOf = ({ revision, name }: KnownRevision): Pick<StepEndEvent, 'revision' | 'name'> => ({
  revision,
  name,
})

/** For log lines: the id as well, where a file is called otherwise. */
const namesOf = ({ revision, name }: KnownRevision): object =>
  revision === name ? { name } : { name, revision }

/** A listener; the migrator waits for what it returns. */
export type MigratorListener<Name extends keyof MigratorEventMap> = (event: MigratorEventMap[Name]) => unknown

/**
 * Umzug's events, emitted by the migrator: only for steps that this process really runs, and without loading Umzug.
 * Each is logged in Umzug's shape.
 */
export class MigratorEvents {
  readonly #listeners = new Map<keyof MigratorEventMap, Set<(event: never) => unknown>>()

  constructor(
    readonly context: QueryInterface,
    readonly logger: MigratorLogger,
  ) {}

  on<Name extends keyof MigratorEventMap>(name: Name, listener: MigratorListener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners)
    listeners.add(listener)
    return () => this.off(name, listener)
  }

  off<Name extends keyof MigratorEventMap>(name: Name, listener: MigratorListener<Name>): void {
    this.#listeners.get(name)?.delete(listener)
  }

  /** Whether somebody listens. */
  hears(name: keyof MigratorEventMap): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  /** A statement has come back. */
  statement(event: StatementEvent): Promise<void> {
    return this.#emit('statement', event)
  }

  /** A step begins: the lock is held, nothing was run yet. */
  begin(direction: 'up' | 'down', revision: KnownRevision): Promise<void> {
    const event = direction === 'up' ? 'migrating' : 'reverting'
    this.logger.info({ event, ...namesOf(revision) })
    return this.#emit(event, this.#payload(revision))
  }

  /** A step is committed. */
  async end(revision: KnownRevision, over: StepOver): Promise<void> {
    const event = over.direction === 'up' ? 'migrated' : 'reverted'
    this.logger.info({ event, ...namesOf(revision), durationSeconds: over.durationMs / 1000 })
    await this.#emit(event, this.#payload(revision))
    if (this.hears('step')) await this.#emit('step', { ...idsOf(revision), ...over, state: 'done' })
  }

  /** A step has failed; what listeners throw says less than that. */
  async fail(revision: KnownRevision, over: StepOver, error: MigratorError): Promise<void> {
    const { direction, durationMs, statements } = over
    const { message } = error
    this.logger.error({
      ...{ event: 'failed', ...namesOf(revision), direction, statement: statements },
      ...{ durationSeconds: durationMs / 1000, message },
    })
    if (this.hears('step'))
      await this.#emit('step', { ...idsOf(revision), ...over, state: 'failed', error }).catch(() => {})
  }

  /** A batch of a step is done. */
  progress({ revision, name }: KnownRevision, progress: BatchProgressEvent): Promise<void> {
    return this.#emit('progress', { revision, name, ...progress })
  }

  /** Somebody else holds the lock. */
  async waiting(wait: WaitingEvent): Promise<void> {
    this.logger.info({ event: 'waiting', ...wait })
    await this.#emit('waiting', wait)
  }

  /** A copy for a rehearsal has come so far. */
  copying(copying: CopyingEvent): Promise<void> {
    return this.#emit('copying', copying)
  }

  /** Runs a verb between its two events. */
  async around<T>(command: string, run: () => Promise<T>): Promise<T> {
    const event = { command, context: this.context }
    await this.#emit('beforeCommand', event)
    let result: T
    try {
      result = await run()
    } catch (error) {
      // What the verb has thrown says more than what a listener may throw now.
      await this.#emit('afterCommand', event).catch(() => {})
      throw error
    }
    await this.#emit('afterCommand', event)
    return result
  }

  #payload({ name, path }: KnownRevision): StepEvent {
    return path === undefined ? { name, context: this.context } : { name, path, context: this.context }
  }

  async #emit<Name extends keyof MigratorEventMap>(name: Name, event: MigratorEventMap[Name]): Promise<void> {
    try {
      for (const listener of this.#listeners.get(name) ?? [])
        await (listener as MigratorListener<Name>)(event)
    } catch (cause) {
      throw new MigratorError(
        'LISTENER_FAILED',
        `A listener of "${name}" failed: ${messageOf(cause)}. ${AFTERWARDS[name]}`,
        {
          cause,
          subject: name,
        },
      )
    }
  }
}
