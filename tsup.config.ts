import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    sm2: 'src/sm2/index.ts',
    migrator: 'src/migrator/index.ts',
    cards: 'src/cards/index.ts',
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
})
