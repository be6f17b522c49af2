import type { Report, StepReport } from '../report.js'
import type { KnownRevision } from '../revisions/revision.js'

/** The report of a command that had nothing to do. */
export const emptyReport = (direction: 'up' | 'down'): Report => ({ direction, steps: [], durationMs: 0 })

/** Several runs of one command as one. */
export const joinReports = (direction: 'up' | 'down', reports: readonly Report[]): Report => ({
  direction,
  steps: reports.flatMap((report) => report.steps),
  durationMs: reports.reduce((sum, report) => sum + report.durationMs, 0),
})

/** A report while its run is going on. */
export class ReportBuilder {
  #steps: StepReport[] = []
  readonly #startedAt = performance.now()

  constructor(readonly direction: 'up' | 'down') {}

  /** What became of a step. */
  add(step: KnownRevision, state: StepReport['state'], durationMs: number, statements: number): void {
    const { revision, name, message, downRevision } = step
    const { direction } = this
    this.#steps.push({ revision, name, message, downRevision, direction, state, durationMs, statements })
  }

  /** The transaction of the whole run was rolled back. */
  rollBack(): void {
    this.#steps = this.#steps.map((step) =>
      step.state === 'done' ? { ...step, state: 'rolled-back' } : step,
    )
  }

  /** Whether no step was begun. */
  get isEmpty(): boolean {
    return this.#steps.length === 0
  }

  build(): Report {
    return {
      direction: this.direction,
      steps: [...this.#steps],
      durationMs: Math.round(performance.now() - this.#startedAt),
    }
  }
}
