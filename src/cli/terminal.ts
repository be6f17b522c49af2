import { styleText } from 'node:util'

/** A stream to print on: `process.stdout`, `process.stderr`. */
export interface Output {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** How a piece of text is shown on a terminal. */
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

/**
 * Where a command prints: results on the standard output, remarks and errors beside it. Colour and a spinner only where a
 * person looks on.
 *
 * @see https://no-color.org
 */
export class Terminal {
  /** Whether the standard output is one JSON value and nothing else. */
  readonly isJson: boolean
  readonly #stdout: Output
  readonly #stderr: Output
  readonly #mayStyle: boolean

  constructor(
    stdout: Output,
    stderr: Output,
    { isJson, env }: { readonly isJson: boolean; readonly env: Readonly<Record<string, string | undefined>> },
  ) {
    this.#stdout = stdout
    this.#stderr = stderr
    this.isJson = isJson
    this.#mayStyle = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  }

  /** Whether lines may be redrawn while something goes on. */
  get isLive(): boolean {
    return !this.isJson && this.#mayStyle && this.#stdout.isTTY === true
  }

  /** Prints the result. */
  result(text: string): void {
    this.#stdout.write(text === '' || text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Prints what went on meanwhile: with the result for people, beside it for programs. */
  progress(text: string): void {
    const stream = this.isJson ? this.#stderr : this.#stdout
    stream.write(`${text}\n`)
  }

  /** Redraws the line that is not ended yet; only where {@link Terminal.isLive}. */
  redraw(text: string): void {
    this.#stdout.write(`\r\u001B[K${text}`)
  }

  /** Prints a remark or an error, beside the result. */
  remark(text: string): void {
    this.#stderr.write(`${text}\n`)
  }

  /** The text as it is shown among results. */
  style(style: Style, text: string): string {
    return this.#styled(this.isJson ? this.#stderr : this.#stdout, style, text)
  }

  /** The text as it is shown among remarks. */
  styleRemark(style: Style, text: string): string {
    return this.#styled(this.#stderr, style, text)
  }

  #styled(stream: Output, style: Style, text: string): string {
    if (!this.#mayStyle || stream.isTTY !== true) return text
    // Newer Nodes would look at the standard output again, whichever stream this is for.
    return styleText(style, text, { validateStream: false })
  }
}
