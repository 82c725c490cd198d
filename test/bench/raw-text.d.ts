/** Text files that the bench's bundler puts into a page. */
declare module '*?raw' {
  const text: string
  export default text
}
