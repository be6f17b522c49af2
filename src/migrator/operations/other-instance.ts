import type { Sequelize } from 'sequelize'

const KEPT = ['dialectModule', 'dialectModulePath', 'dialectOptions', 'logging', 'timezone'] as const

/**
 * An instance of the host's own class, with the host's driver, on another database. Whoever makes it closes it.
 *
 * @param place - A URL, or `storage`.
 */
export const otherInstance = (
  sequelize: Sequelize,
  place: { readonly url: string } | { readonly storage: string },
): Sequelize => {
  const { options } = sequelize as unknown as { readonly options: Readonly<Record<string, unknown>> }
  const kept = Object.fromEntries(
    KEPT.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  )
  const Instance = sequelize.constructor as new (...given: readonly unknown[]) => Sequelize
  const own = { ...kept, dialect: (options as { dialect?: unknown }).dialect }
  return 'url' in place ? new Instance(place.url, own) : new Instance({ ...own, storage: place.storage })
}
