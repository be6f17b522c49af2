import { AsyncLocalStorage } from 'node:async_hooks'
import type { Sequelize } from 'sequelize'
import { MigratorError } from '../errors.js'

type Query = (this: Sequelize, ...given: never[]) => Promise<unknown>

/** What a step of a rehearsal has sent to the database itself. */
export interface Touch {
  sql: string | undefined
}

const rehearsed = new AsyncLocalStorage<Touch>()

/**
 * Refuses what a rehearsed step sends to the host's own instance: a revision that imports it, or a model of it, works past
 * the copy. What the host itself sends meanwhile is let through.
 *
 * @param source - The host's instance.
 * @param work - Given a function that runs a step, and tells what it has sent past the copy.
 */
export const guarding = async <T>(
  source: Sequelize,
  work: (step: <R>(run: () => Promise<R>, touch: Touch) => Promise<R>) => Promise<T>,
): Promise<T> => {
  const instance = source as unknown as Record<'query', Query>
  const hadOwn = Object.hasOwn(instance, 'query')
  const original = instance.query
  const guard: Query = function (this: Sequelize, ...given) {
    const touch = rehearsed.getStore()
    if (touch === undefined) return original.apply(this, given)
    touch.sql ??= textOf(given[0])
    return Promise.reject(
      new MigratorError(
        'ORIGINAL_TOUCHED',
        'a statement went to the database itself instead of the copy that the step is tried on; it was refused. Use `op`, ' +
          'and `op.sequelize`, instead of an instance or a model that the revision imports',
      ),
    )
  }
  instance.query = guard
  try {
    return await work((run, touch) => rehearsed.run(touch, run))
  } finally {
    // Another one may have been put over it meanwhile: it then passes on to ours, which lets everything through.
    if (instance.query === guard) {
      if (hadOwn) instance.query = original
      else delete (instance as Partial<typeof instance>).query
    }
  }
}

const LONGEST = 80

const textOf = (sql: unknown): string => {
  const text =
    typeof sql === 'string' ? sql : String((sql as { readonly query?: unknown } | null)?.query ?? '')
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
