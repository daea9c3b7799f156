/** A `.lua` file is imported as its text: by esbuild in the bundles, by the jest transform in the tests. */
declare module '*.lua' {
  const text: string;
  export default text;
}
