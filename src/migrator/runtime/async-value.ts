import { AsyncLocalStorage } from 'node:async_hooks'

interface Entry {
  readonly owner: object
  readonly value: unknown
  readonly outer: Entry | undefined
}

// One for all: Node goes through every storage that was ever used, at every promise, as long as the process lives.
const entries = new AsyncLocalStorage<Entry>()

/** A value that goes along with what is called, and with all that it does later; many of them cost no more than one. */
export class AsyncValue<T> {
  /** Calls something with the value. */
  run<R>(value: T, callback: () => R): R {
    const outer = entries.getStore()
    if (outer?.owner === this && outer.value === value) return callback()
    return entries.run({ owner: this, value, outer }, callback)
  }

  /** The innermost value here. */
  get(): T | undefined {
    let entry = entries.getStore()
    while (entry !== undefined && entry.owner !== this) entry = entry.outer
    return entry?.value as T | undefined
  }
}
