import type { Migrator, StatementEvent, StepEndEvent, StepEvent } from 'sm2kit/migrator'

/** What is used of a `Span` of `@opentelemetry/api`. */
export interface MigrationSpan {
  setAttribute(name: string, value: string | number | boolean): unknown
  setStatus(status: { readonly code: number; readonly message?: string }): unknown
  recordException(exception: Error): void
  end(endTime?: number): void
}

/** What is used of a `Tracer` of `@opentelemetry/api`: `trace.getTracer('sm2kit')` is one. */
export interface MigrationTracer<Context> {
  startSpan(
    name: string,
    options?: {
      readonly kind?: number
      readonly startTime?: number
      readonly attributes?: Readonly<Record<string, string | number | boolean>>
    },
    context?: Context,
  ): MigrationSpan
}

/** `SpanStatusCode.ERROR`, `SpanKind.CLIENT` */
const ERROR = 2
const CLIENT = 2

/** What tells OpenTelemetry which span another one is in: `trace` and `context` of `@opentelemetry/api`. */
export interface SpanParents<Context> {
  /** `(span) => trace.setSpan(context.active(), span)` */
  inside(span: MigrationSpan): Context
}

/**
 * Spans of what a migrator does: one a verb, in it one a revision, in that one a statement. No span has a value
 * of a row: statements come masked.
 *
 * @returns The function that ends it.
 */
export const traceMigrations = <Context>(
  migrator: Migrator,
  tracer: MigrationTracer<Context>,
  { inside }: SpanParents<Context>,
): (() => void) => {
  let command: MigrationSpan | undefined
  const steps = new Map<string, MigrationSpan>()
  // One clock for all spans of a verb, finer than the milliseconds of Date: none begins before the one it is in.
  let clockStart = 0
  const now = (): number => clockStart + performance.now()
  const within = (parent: MigrationSpan | undefined): Context | undefined =>
    parent === undefined ? undefined : inside(parent)

  const begin =
    (direction: 'up' | 'down') =>
    ({ name }: StepEvent): void => {
      const attributes = { 'sm2kit.name': name, 'sm2kit.direction': direction }
      const options = { startTime: now(), attributes }
      steps.set(name, tracer.startSpan(`migrate ${direction} ${name}`, options, within(command)))
    }

  const end = ({ name, revision, statements, rows, error }: StepEndEvent): void => {
    const span = steps.get(name)
    if (span === undefined) return
    steps.delete(name)
    span.setAttribute('sm2kit.revision', revision)
    span.setAttribute('sm2kit.statements', statements)
    span.setAttribute('sm2kit.rows', rows)
    if (error !== undefined) {
      span.recordException(error)
      span.setStatus({ code: ERROR, message: error.code })
      command?.setStatus({ code: ERROR, message: error.code })
    }
    span.end(now())
  }

  const statement = ({ name, kind, sql, durationMs, rows, failed }: StatementEvent): void => {
    const endTime = now()
    const span = tracer.startSpan(
      kind,
      {
        kind: CLIENT,
        startTime: endTime - durationMs,
        attributes: {
          'db.operation.name': kind,
          'db.query.text': sql,
          ...(rows === null ? {} : { 'sm2kit.rows': rows }),
        },
      },
      within(steps.get(name)),
    )
    if (failed) span.setStatus({ code: ERROR })
    span.end(endTime)
  }

  const off = [
    migrator.on('beforeCommand', ({ command: verb }) => {
      clockStart = Date.now() - performance.now()
      const attributes = { 'sm2kit.command': verb }
      command = tracer.startSpan(`sm2kit ${verb}`, { startTime: now(), attributes })
    }),
    migrator.on('migrating', begin('up')),
    migrator.on('reverting', begin('down')),
    migrator.on('statement', statement),
    migrator.on('step', end),
    migrator.on('afterCommand', () => {
      // Of a run in one transaction that was taken back: steps that were done, and are not any more.
      for (const span of steps.values()) {
        span.setStatus({ code: ERROR, message: 'rolled back' })
        span.end(now())
      }
      steps.clear()
      command?.end(now())
      command = undefined
    }),
  ]
  return () => {
    for (const stop of off) stop()
  }
}
