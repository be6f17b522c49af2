/** A promise that tells when somebody awaits it. */
export class TrackedPromise<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  onAwaited: (() => void) | undefined

  // biome-ignore lint/suspicious/noThenProperty: `await` on a subclass calls `then`; that call is what we want to see.
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.onAwaited?.()
    return super.then(onFulfilled, onRejected)
  }
}
