import { defineConfig } from 'vitest/config'

// Two cores in CI: the files that start processes or a browser would starve each other if more ran at once.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
