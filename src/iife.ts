/** The script-tag entry: everything of the public API under the global `Glovebox`. */
export * from './index.ts'
export * from './ui/index.ts'
