declare module 'virtual:glovebox-typescript' {
  const fixture: import('./plugin.ts').TypescriptFixture
  export default fixture
}
