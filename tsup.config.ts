import { defineConfig } from 'tsup'

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
