/** The package ships no types: a stream of its own old kind, which emits while it is written to. */
declare module 'unbzip2-stream' {
  interface Unbzip2 {
    write(chunk: Uint8Array): boolean;
    end(): void;
    on(event: 'data', listener: (chunk: Buffer) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
  export default function unbzip2Stream(): Unbzip2;
}
