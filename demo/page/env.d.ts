/** Text files that the bundler puts into the page. */
declare module '*?raw' {
  const text: string
  export default text
}
