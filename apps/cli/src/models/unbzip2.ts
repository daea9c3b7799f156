import unbzip2Stream from 'unbzip2-stream';

/**
 * What one piece of input may become. A block of bzip2 holds up to 900 kB and may be 45 bytes of input: a made-up archive would become
 * gigabytes inside one call, before anybody can stop it. Weights hardly shrink at all. Units: bytes.
 */
const MOST_BYTES_PER_PIECE = 128_000_000;

/** Decompresses bzip2 piece by piece, so that it waits for whoever takes the result. */
export async function* unbzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let failure: Error | undefined;
  const engine = unbzip2Stream();
  engine.on('error', (error) => (failure ??= error));
  engine.on('data', (chunk) => {
    pendingBytes += chunk.length;
    // The engine takes what a listener throws for a failure of its own, and stops.
    if (pendingBytes > MOST_BYTES_PER_PIECE) throw new Error('a few bytes of it become gigabytes');
    pending.push(chunk);
  });
  const taken = (): readonly Buffer[] => {
    if (failure !== undefined) throw failure;
    const chunks = pending;
    pending = [];
    pendingBytes = 0;
    return chunks;
  };
  for await (const chunk of source) {
    engine.write(chunk);
    yield* taken();
  }
  engine.end();
  yield* taken();
}
