declare module 'virtual:glovebox-wat' {
  const fixtures: Readonly<Record<string, import('./plugin.ts').Fixture>>
  export default fixtures
}
