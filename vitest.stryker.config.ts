import { defineConfig } from 'vitest/config'
import base from './vitest.config.js'

// The scheduler's tests alone, for mutants. The sweep of time zones is too slow to run for each of them, and needs a
// process of its own to change the zone of the host.
export default defineConfig({
  ...base,
  test: {
    include: ['test/sm2/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/sm2/time-zones.test.ts', 'test/sm2/entry.test.ts'],
    env: { SM2KIT_TEST_SCALE: 'mutants' },
    testTimeout: 30_000,
  },
})
