import { defineConfig } from 'vitest/config'

// Two cores in CI. Many files wait for simulated machines and browsers more than they reckon: three at once keep both cores busy, more would starve them.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
