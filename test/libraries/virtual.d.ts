declare module 'virtual:glovebox-libraries' {
  const libraries: readonly import('./plugin.ts').LibraryCase[]
  export default libraries
}
