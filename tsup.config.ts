import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number]

const MIGRATOR = resolve('src/migrator')

/** Absolute paths of the modules that the migrator imports when they are needed, and not before. */
const loadedLater = (): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const entry of readdirSync(MIGRATOR, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/\bimport\('(\.[^']+)\.js'\)/gu))
      found.add(`${resolve(dirname(path), name)}.ts`)
  }
  return found
}

/**
 * Has what every start of the migrator loads lie in one file: each one more costs a start with nothing to do some
 * hundredths of its time. esbuild puts modules together that are used from the same places; every module that is loaded
 * later therefore names the whole of the migrator, which is loaded long before.
 */
const startInOneFile: EsbuildPlugin = {
  name: 'start-in-one-file',
  setup(build) {
    const later = loadedLater()
    const index = join(MIGRATOR, 'index.ts')
    build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      later.has(path)
        ? { contents: `${readFileSync(path, 'utf8')}\nimport ${JSON.stringify(index)}\n`, loader: 'ts' }
        : undefined,
    )
    // Or the package's `sideEffects: false` has the import left out.
    build.onResolve({ filter: /src.migrator.index\.ts$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, sideEffects: true } : undefined,
    )
  },
}

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      sm2: 'src/sm2/index.ts',
      migrator: 'src/migrator/index.ts',
      cards: 'src/cards/index.ts',
      testing: 'src/testing/index.ts',
    },
    format: ['esm', 'cjs'],
    dts: true,
    clean: true,
    splitting: true,
    treeshake: true,
    sourcemap: true,
    target: 'node20',
    platform: 'node',
    shims: true,
    esbuildPlugins: [startInOneFile],
  },
  {
    // The bin: an ES module in hosts of either kind. Verbs are chunks of their own, and the migrator is the entry beside it.
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    splitting: true,
    treeshake: true,
    sourcemap: true,
    target: 'node20',
    platform: 'node',
    esbuildPlugins: [
      {
        name: 'migrator-is-beside',
        setup(build) {
          build.onResolve({ filter: /migrator\/index\.js$/ }, () => ({
            path: './migrator.js',
            external: true,
          }))
        },
      },
    ],
  },
])
