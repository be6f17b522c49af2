import type { MigrationSpan, MigrationTracer, SpanParents } from './trace-migrations.js'

/** Stands for a tracer with an exporter: prints each span when it ends, indented by how deep it is. */
export class PrintingTracer implements MigrationTracer<PrintedSpan>, SpanParents<PrintedSpan> {
  constructor(readonly print: (line: string) => void) {}

  startSpan(
    name: string,
    options: { readonly startTime?: number; readonly attributes?: Readonly<Record<string, unknown>> } = {},
    parent?: PrintedSpan,
  ): PrintedSpan {
    return new PrintedSpan(this.print, name, options.attributes ?? {}, parent)
  }

  inside(span: MigrationSpan): PrintedSpan {
    return span as PrintedSpan
  }
}

class PrintedSpan implements MigrationSpan {
  readonly #attributes: Record<string, unknown>
  readonly #depth: number
  #state = ''

  constructor(
    readonly print: (line: string) => void,
    readonly name: string,
    attributes: Readonly<Record<string, unknown>>,
    parent: PrintedSpan | undefined,
  ) {
    this.#attributes = { ...attributes }
    this.#depth = parent === undefined ? 0 : parent.#depth + 1
  }

  setAttribute(name: string, value: unknown): void {
    this.#attributes[name] = value
  }

  setStatus({ message = 'error' }: { readonly code: number; readonly message?: string }): void {
    this.#state = ` failed: ${message}`
  }

  recordException(): void {}

  end(): void {
    const shown = this.#attributes['db.query.text'] ?? this.#attributes['sm2kit.statements'] ?? ''
    this.print(`${'  '.repeat(this.#depth)}${this.name}${this.#state} ${String(shown)}`.trimEnd())
  }
}
