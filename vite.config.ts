import { defineConfig } from 'vitest/config'
import { preludePlugin } from './src/build/prelude-plugin.ts'

export default defineConfig({
  plugins: [preludePlugin()],
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], environment: 'node' } },
    ],
  },
})
