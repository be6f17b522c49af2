/** What a command was doing when it was interrupted, told by whoever does it. */
export class Interrupts {
  #state = 'Nothing was being changed.'

  /** What is to be said from now on: what was going on, what is true, what to do next. */
  set(state: string): void {
    this.#state = state
  }

  /** Nothing that an interruption could break is going on (any more). */
  clear(): void {
    this.#state = 'Nothing was being changed.'
  }

  /** The message of an interruption at this moment. */
  message(): string {
    return `Interrupted. ${this.#state}`
  }
}
