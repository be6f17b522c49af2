/** What a command was doing when it was interrupted, told by whoever does it. */
export class Interrupts {
  #state = 'Nothing was being changed.'
  #tidy: () => void = () => {}
  #cleanUp: (() => Promise<void>) | undefined

  /** What is to be said from now on: what was going on, what is true, what to do next. */
  set(state: string): void {
    this.#state = state
  }

  /** Nothing that an interruption could break is going on (any more). */
  clear(): void {
    this.#state = 'Nothing was being changed.'
  }

  /** Has `tidy` called before anything is said, to end a line that is being redrawn. */
  beforeSaying(tidy: () => void): void {
    this.#tidy = tidy
  }

  /** Has `cleanUp` called, once, before the process ends by an interruption; a second one does not wait for it. */
  beforeEnding(cleanUp: () => Promise<void>): void {
    this.#cleanUp = cleanUp
  }

  /** Cleans up, where there is something to clean up. */
  cleanUp(): Promise<void> | undefined {
    const cleanUp = this.#cleanUp
    this.#cleanUp = undefined
    return cleanUp?.()
  }

  /**
   * The message of an interruption at this moment.
   *
   * @param what - What has interrupted the command, as a sentence.
   */
  message(what = 'Interrupted.'): string {
    this.#tidy()
    return `${what} ${this.#state}`
  }
}
