declare module 'virtual:glovebox-docs' {
  const docs: readonly import('./plugin.ts').Doc[]
  export default docs
}
