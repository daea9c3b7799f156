/** A codec's decoder in WASM memory: one packet after the other becomes sound. */
export interface PacketCodec {
  /** The sound of one packet, an array per channel, −1…1; `undefined` when the codec refuses it. */
  decode(packet: Uint8Array): readonly Float32Array[] | undefined;
  free(): void;
}

/** What all the packages give back. */
export interface PackageResult {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly errors: readonly unknown[];
}

/** The sound, unless an error came with it: what was lost is never passed over. */
export function soundOf({ channelData, errors }: PackageResult): readonly Float32Array[] | undefined {
  return errors.length > 0 ? undefined : channelData;
}

/**
 * Runs a decoder that writes its complaints to the process's standard error, without them: the caller gets an error, and a client's
 * file has no say in what stands in a log.
 */
export function withoutComplaints<Result>(run: () => Result): Result {
  const { console } = globalThis;
  const shown = Object.getOwnPropertyDescriptor(console, 'error') ?? {};
  Object.defineProperty(console, 'error', { ...shown, value: () => undefined });
  try {
    return run();
  } finally {
    Object.defineProperty(console, 'error', shown);
  }
}
