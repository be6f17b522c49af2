import type { Output } from './terminal.js'

/**
 * One of the process's own streams. What cannot be printed stops nothing halfway: it is remembered, and told at the end.
 */
export class Printer implements Output {
  readonly isTTY: boolean
  readonly #stream: NodeJS.WriteStream
  readonly #write: NodeJS.WriteStream['write']
  #last: Promise<void> = Promise.resolve()
  #firstError: NodeJS.ErrnoException | undefined

  constructor(stream: NodeJS.WriteStream) {
    this.isTTY = stream.isTTY === true
    this.#stream = stream
    // As it is now: under `--json` another one is put in its place.
    this.#write = stream.write.bind(stream)
    stream.on('error', (error) => this.#note(error))
  }

  /** Why something could not be printed. A pipe that was closed early is no failure: `sm2kit upgrade | head -1`. */
  get failure(): Error | undefined {
    return this.#firstError?.code === 'EPIPE' ? undefined : this.#firstError
  }

  /** Prints a text. */
  write(text: string): void {
    if (text !== '') this.#last = this.#printed(text)
  }

  /** Settles when everything is out, what others have printed too, or cannot be. */
  async drained(): Promise<void> {
    await this.#last
    if (this.#stream.writableLength > 0) await this.#printed('')
  }

  #printed(text: string): Promise<void> {
    return new Promise((resolve) => {
      const written = (error?: Error | null): void => {
        this.#note(error)
        resolve()
      }
      try {
        this.#write(text, written)
      } catch (error) {
        written(error as Error)
      }
    })
  }

  /** The first one is the cause; that the stream was closed then follows from it. */
  #note(error: Error | null | undefined): void {
    this.#firstError ??= error ?? undefined
  }
}
