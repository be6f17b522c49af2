import type { Sequelize } from 'sequelize'
import type { Copying } from '../dialect-copy.js'
import { MigratorError, StepError } from '../errors.js'
import { describe } from '../operations/describe.js'
import type { Target } from '../revisions/graph-types.js'
import { describeRevision, enumerate, type KnownRevision } from '../revisions/revision.js'
import { compareWithModels, hasModels } from './compare-with-models.js'
import type { CommandContext } from './context.js'
import { goDown, goUp } from './go.js'
import type { Rehearsal, RehearsalNote, RehearsalProblem, RehearsedStep } from './rehearsal.js'
import {
  type Digests,
  differencesOf,
  digestsOf,
  hasColumn,
  type Look,
  lookAt,
  orphansOf,
  rowsBetween,
} from './rehearsal-look.js'
import { guarding, type Touch } from './rehearse-guard.js'
import { knownOf } from './select.js'
import { readState } from './state.js'
import { targetsOf } from './target.js'

type Findings = Omit<Rehearsal, 'copy' | 'copyMs' | 'durationMs'>

/** What a rehearsal works with, beside the parts of the copy's migrator. */
export interface RehearsalParts {
  /** The host's instance, which no step may touch. */
  readonly source: Sequelize
  readonly copying: Copying
  readonly target: Target
  readonly checkpoint: () => void
}

/** Up, down, up on a copy. */
export const rehearseOn = (context: CommandContext, parts: RehearsalParts): Promise<Findings> =>
  guarding(parts.source, async (guarded) => {
    const rehearsal = new StepsOnCopy(context, parts, guarded)
    await rehearsal.run()
    return rehearsal.findings()
  })

type Guarded = <R>(run: () => Promise<R>, touch: Touch) => Promise<R>

/** One rehearsal under way. */
class StepsOnCopy {
  readonly #problems: RehearsalProblem[] = []
  readonly #notes: RehearsalNote[] = []
  readonly #steps: RehearsedStep[] = []
  #restored: boolean | null = null
  #matchesModels: boolean | null = null

  constructor(
    readonly context: CommandContext,
    readonly parts: RehearsalParts,
    readonly guarded: Guarded,
  ) {}

  findings(): Findings {
    return {
      ok: this.#problems.length === 0,
      problems: this.#problems,
      notes: this.#notes,
      steps: this.#steps,
      restored: this.#restored,
      matchesModels: this.#matchesModels,
    }
  }

  async run(): Promise<void> {
    const { context, parts } = this
    const state = await readState(context)
    const { graph } = state.catalog
    const wanted = knownOf(
      state.catalog,
      graph.upgrade(state.appliedIds(), targetsOf(state.catalog, parts.target)),
    )
    const isAll = wanted.length === state.pending.length

    // What stands in the way of any upgrade is thrown here, before a step is run.
    await goUp(context, () => [])
    const first = await lookAt(context)
    const looks: Look[] = [first]
    const before = await orphansOf(context, first)
    const digests = await digestsOf(context, parts.copying, first, parts.checkpoint)

    for (const revision of wanted) {
      const look = await this.#up(revision, looks.at(-1) ?? first)
      if (look === undefined) return
      looks.push(look)
    }
    const top = looks.at(-1) ?? first
    await this.#checkTop(top, before, isAll)
    if (wanted.length === 0) {
      this.#restored = true
      return
    }
    const bottom = await this.#downAll(wanted, looks)
    if (bottom === undefined) return
    const differences = differencesOf(first.schema, bottom.schema)
    this.#restored = differences.length === 0
    await this.#compareRows({ first, top, bottom }, digests)
    await this.#again(wanted, bottom, top)
  }

  /** Runs a step and looks at what it has done; nothing where it has failed. */
  async #step(
    revision: KnownRevision,
    direction: 'up' | 'down',
    before: Look,
    kind: RehearsalProblem['kind'],
  ): Promise<Look | undefined> {
    this.parts.checkpoint()
    const { context } = this
    const touch: Touch = { sql: undefined }
    const startedAt = performance.now()
    const go = direction === 'up' ? goUp : goDown
    let rowsChanged = 0
    const stopListening = context.events.on('step', ({ rows }) => {
      rowsChanged = rows
    })
    try {
      await this.guarded(() => go(context, () => [revision]), touch)
    } catch (error) {
      if (error instanceof MigratorError && error.code === 'IRREVERSIBLE') {
        this.#notes.push({
          kind: 'irreversible',
          revision: revision.revision,
          message: `Revision ${describeRevision(revision)} has no \`down\`: the way back was not tried from there on.`,
        })
        return undefined
      }
      if (!(error instanceof StepError)) throw error
      if (error.code !== 'ORIGINAL_TOUCHED') this.#add(kind, revision, error.message)
    } finally {
      stopListening()
    }
    if (touch.sql !== undefined)
      this.#add(
        'original-touched',
        revision,
        `Revision ${describeRevision(revision)} sent a statement to the database itself instead of \`op\`; it was refused: ${touch.sql}`,
      )
    const durationMs = performance.now() - startedAt
    const after = await lookAt(context)
    const rows = rowsBetween(before, after)
    this.#steps.push({ revision: revision.revision, direction, durationMs, rowsChanged, rows })
    return this.#hasFailed(revision) ? undefined : after
  }

  /** Whether a step of the revision did not do its work. */
  #hasFailed({ revision }: KnownRevision): boolean {
    const kinds = new Set(['up-failed', 'down-failed', 'not-repeatable', 'original-touched'])
    return this.#problems.some((problem) => problem.revision === revision && kinds.has(problem.kind))
  }

  #add(kind: RehearsalProblem['kind'], revision: KnownRevision | null, message: string): void {
    this.#problems.push({ kind, revision: revision?.revision ?? null, message })
  }

  /** The first way up. */
  async #up(revision: KnownRevision, before: Look): Promise<Look | undefined> {
    const after = await this.#step(revision, 'up', before, 'up-failed')
    if (after === undefined) return undefined
    for (const { table, before: had, after: has } of rowsBetween(before, after)) {
      const lost = (had ?? 0) - (has ?? 0)
      if (lost <= 0) continue
      const called = `Revision ${describeRevision(revision)}`
      if (has === null) {
        const message = `${called} drops the table "${table}" with ${rowsIn(lost)}.`
        this.#notes.push({ kind: 'table-dropped', revision: revision.revision, message })
      } else this.#add('rows-deleted', revision, `${called} deletes ${rowsIn(lost)} of ${had} in "${table}".`)
    }
    return after
  }

  /** What is true once the target is reached. */
  async #checkTop(top: Look, before: ReadonlyMap<string, number>, isAll: boolean): Promise<void> {
    const { context } = this
    for (const [key, count] of await orphansOf(context, top))
      if (count > (before.get(key) ?? 0))
        this.#add('broken-keys', null, `Of the key ${key}, ${rowsIn(count)} refer to what is not there.`)
    if (!hasModels(context)) return
    const { operations } = await compareWithModels(context, context.config.autogenerate)
    this.#matchesModels = operations.length === 0
    // With revisions still pending it cannot be what the models say.
    if (this.#matchesModels || !isAll) return
    const missing = operations.map((operation) => describe(operation))
    this.#add(
      'models-differ',
      null,
      `The database is not what the models say; what is missing: ${enumerate(missing)}.`,
    )
  }

  /** All the way back; a step that does not give back the schema is told, and the next goes on from there. */
  async #downAll(wanted: readonly KnownRevision[], looks: readonly Look[]): Promise<Look | undefined> {
    let look = looks.at(-1)
    let known: readonly string[] = []
    for (const [index, revision] of [...wanted.entries()].reverse()) {
      const former = looks[index]
      if (look === undefined || former === undefined) return undefined
      look = await this.#step(revision, 'down', look, 'down-failed')
      if (look === undefined) return undefined
      // What a later revision has left is there on the whole way: it is that one's.
      const differences = differencesOf(former.schema, look.schema)
      const own = differences.filter((difference) => !known.includes(difference))
      known = differences
      if (own.length > 0)
        this.#add(
          'not-restored',
          revision,
          `The \`down\` of ${describeRevision(revision)} does not give back what was before its \`up\`: ${enumerate(own)}.`,
        )
    }
    return look
  }

  async #compareRows(
    { first, top, bottom }: Record<'first' | 'top' | 'bottom', Look>,
    digests: Digests,
  ): Promise<void> {
    const { context, parts } = this
    const now = await digestsOf(context, parts.copying, bottom, parts.checkpoint)
    for (const [table, before] of first.rows) {
      const after = bottom.rows.get(table)
      // A table that was away in between cannot have its rows again.
      if (after === undefined || !top.rows.has(table)) continue
      if (after !== before) {
        this.#add(
          'rows-not-restored',
          null,
          `After all \`down\`s "${table}" has ${rowsIn(after)}, and had ${before} before.`,
        )
        continue
      }
      const changed = [...(digests.get(table) ?? [])].filter(
        ([column, digest]) =>
          hasColumn(top, table, column) &&
          hasColumn(bottom, table, column) &&
          now.get(table)?.get(column) !== digest,
      )
      if (changed.length > 0)
        this.#add(
          'values-not-restored',
          null,
          `After all \`down\`s "${table}" has other values than before in ${enumerate(changed.map(([column]) => `"${column}"`))}.`,
        )
    }
  }

  /** Up a second time, from what the way back has left. */
  async #again(wanted: readonly KnownRevision[], bottom: Look, top: Look): Promise<void> {
    let look: Look | undefined = bottom
    for (const revision of wanted) {
      look = await this.#step(revision, 'up', look, 'not-repeatable')
      if (look === undefined) return
    }
    const differences = differencesOf(top.schema, look.schema)
    if (differences.length > 0)
      this.#add(
        'not-repeatable',
        null,
        `Applied again after a downgrade, the revisions make something else: ${enumerate(differences)}.`,
      )
  }
}

const rowsIn = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`
