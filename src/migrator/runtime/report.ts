import type { Report, StepReport } from '../report.js'

/** A report while its run is going on. */
export class ReportBuilder {
  #steps: StepReport[] = []
  readonly #startedAt = performance.now()

  constructor(readonly direction: 'up' | 'down') {}

  add(step: StepReport): void {
    this.#steps.push(step)
  }

  /** The transaction of the whole run was rolled back. */
  rollBack(): void {
    this.#steps = this.#steps.map((step) =>
      step.state === 'done' ? { ...step, state: 'rolled-back' } : step,
    )
  }

  /** Names of the steps that this process did itself, in order. */
  done(): string[] {
    return this.#steps.filter((step) => step.state === 'done').map((step) => step.name)
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
