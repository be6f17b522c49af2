import type {
  CopyingEvent,
  Migrator,
  MigratorLogger,
  ProgressEvent,
  RevisionInfo,
  StepEvent,
  WaitingEvent,
} from '../migrator/index.js'
import { copyingSoFar } from './format/copying.js'
import { duration } from './format/duration.js'
import { oneLine, stepLabel } from './format/step-label.js'
import type { Surroundings } from './invocation.js'
import { Spinner } from './spinner.js'

type Direction = 'up' | 'down'

interface RunningStep {
  readonly label: string
  readonly startedAt: number
}

/** How often a batch is told of where no line is redrawn, in a log say. */
const TELL_EVERY_MS = 10_000

/** Shows the steps of a run: a line each with its time, and on a terminal a spinner before it is done. */
export class StepProgress {
  readonly #surroundings: Surroundings
  readonly #afterKill: string
  readonly #running = new Map<string, RunningStep>()
  readonly #measured = new Map<string, number>()
  #known: ReadonlyMap<string, RevisionInfo> = new Map()
  #done = 0
  #detail = ''
  #toldAt = 0
  readonly #spinner: Spinner

  /** @param afterKill - What is true of a step that is killed, for the message of an interruption. */
  constructor(surroundings: Surroundings, afterKill: string) {
    this.#surroundings = surroundings
    this.#afterKill = afterKill
    this.#spinner = new Spinner(surroundings)
  }

  /** For `createMigrator`: the time of each step, and what needs an eye. */
  readonly logger: MigratorLogger = {
    info: ({ name, durationSeconds }) => {
      if (typeof name === 'string' && typeof durationSeconds === 'number')
        this.#measured.set(name, durationSeconds * 1000)
    },
    warn: ({ message, event }) => {
      const { terminal, secrets } = this.#surroundings
      this.#spinner.hide()
      terminal.remark(terminal.styleRemark('yellow', secrets.redact(`Warning: ${String(message ?? event)}`)))
    },
    error: () => {},
    debug: () => {},
  }

  /** Listens to the steps of a migrator. */
  attach(migrator: Migrator): void {
    migrator.on('migrating', (step) => this.#begin(step, 'up'))
    migrator.on('reverting', (step) => this.#begin(step, 'down'))
    migrator.on('progress', (event) => this.#advance(event))
    migrator.on('waiting', (event) => this.#wait(event))
    migrator.on('copying', (event) => this.#copy(event))
    migrator.on('migrated', (step) => this.#end(step))
    migrator.on('reverted', (step) => this.#end(step))
  }

  /** Tells the revisions that steps may be of: an event has only the name of one. */
  know(revisions: readonly RevisionInfo[]): void {
    this.#known = new Map(revisions.map((info) => [info.name, info]))
  }

  /** The run is over, well or badly: what was begun and not ended has failed, or was taken back. */
  stop(): void {
    this.#spinner.hide()
    for (const { label, startedAt } of this.#running.values())
      this.#line(label, `not done, after ${duration(performance.now() - startedAt)}`, 'red')
    this.#running.clear()
    this.#surroundings.interrupts.clear()
  }

  #begin(step: StepEvent, direction: Direction): void {
    this.#spinner.hide()
    const known = this.#known.get(step.name) ?? { revision: step.name, message: '', downRevision: [] }
    const label = stepLabel(known, direction)
    this.#running.set(step.name, { label, startedAt: performance.now() })
    const { interrupts } = this.#surroundings
    // Where the whole run is one transaction, no step is done before all are.
    const open = this.#running.size - 1
    const before =
      open > 0
        ? ` What happens to it happens to the ${open} before it too.`
        : this.#done === 0
          ? ''
          : ` ${this.#done} before it ${this.#done === 1 ? 'is' : 'are'} done.`
    interrupts.set(
      `It came in the middle of a step (${label}).${before} ${this.#afterKill} \`sm2kit current\` shows what is applied.`,
    )
    this.#detail = ''
    this.#spinner.show(label, () => this.#detail)
  }

  /** A batch of a step is done: the spinner says so, or a line now and then. */
  #advance({ name, table, rows, total }: ProgressEvent): void {
    const running = this.#running.get(name)
    if (running === undefined) return
    const of = total === undefined ? '' : ` of about ${count(total)}`
    this.#detail = ` ${oneLine(table)}: ${count(rows)}${of} rows`
    const { terminal } = this.#surroundings
    const now = performance.now()
    if (terminal.isLive || now - Math.max(this.#toldAt, running.startedAt) < TELL_EVERY_MS) return
    this.#toldAt = now
    this.#line(running.label, this.#detail.trim(), 'dim')
  }

  /** Somebody else holds the lock: the spinner says so, or a line beside the result. */
  #wait({ holder, waitedMs, timeoutMs }: WaitingEvent): void {
    this.#spinner.hide()
    const since = performance.now() - waitedMs
    const times = (): string =>
      `waited ${duration(performance.now() - since)} of at most ${duration(timeoutMs)} (\`lock.timeoutMs\`)`
    const what = 'Waiting for the lock'
    const { terminal, secrets } = this.#surroundings
    if (terminal.isLive) this.#spinner.show(what, () => ` held by ${oneLine(holder)}: ${times()}`)
    else terminal.remark(secrets.redact(`${what}, held by ${oneLine(holder)}: ${times()}.`))
  }

  /** A rehearsal copies the database: the spinner says how far it is, or a line beside the result now and then. */
  #copy(event: CopyingEvent): void {
    const { bytes, totalBytes } = event
    const now = performance.now()
    const { terminal } = this.#surroundings
    const what = 'Copying the database'
    if (bytes >= totalBytes) this.#spinner.show('Trying the steps on a copy of the database', () => '')
    else if (terminal.isLive) this.#spinner.show(what, () => ` ${copyingSoFar(event)}`)
    else if (bytes === 0 || now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now
      terminal.remark(`${what} … ${copyingSoFar(event)}`)
    }
  }

  #end({ name }: StepEvent): void {
    this.#spinner.hide()
    const running = this.#running.get(name)
    this.#running.delete(name)
    this.#done += 1
    if (this.#running.size === 0) {
      const many = `${this.#done} ${this.#done === 1 ? 'step is' : 'steps are'} done`
      this.#surroundings.interrupts.set(
        `It came between two steps; ${many}. Run the same command again to go on.`,
      )
    }
    if (running === undefined) return
    const milliseconds = this.#measured.get(name) ?? performance.now() - running.startedAt
    this.#line(running.label, duration(milliseconds), 'dim')
  }

  #line(label: string, end: string, style: 'dim' | 'red'): void {
    const { terminal, secrets } = this.#surroundings
    terminal.progress(`${secrets.redact(label)} … ${terminal.style(style, secrets.redact(end))}`)
  }
}

const count = (rows: number): string => rows.toLocaleString('en-US')
