import { createAudioSuspicion } from '../native/audio-suspicion.ts';
import { SttError, type ChunkForm, type OpenSessionConfig } from '@verbatim/protocol';
import { receivedBytes, type DecoderState } from './decoder-state.ts';
import { optionChanged } from './errors.ts';
import type { UploadedBytes } from './upload-buffer.ts';

const BYTES_PER_SAMPLE = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 } as const;

type RawEncoding = keyof typeof BYTES_PER_SAMPLE;

/**
 * What can be told of an upload before it is decoded.
 * @throws SttError `audio_undecodable`
 */
export function checkUpload(
  { bytes, isFinal }: { readonly bytes: UploadedBytes; readonly isFinal: boolean },
  before: DecoderState,
  config: OpenSessionConfig,
): void {
  const { encoding, channels, sample_rate: sampleRateHz } = config;
  if (!isRaw(encoding)) return;
  const receivedBefore = receivedBytes(before);
  const suspicion = createAudioSuspicion({ encoding, sampleRateHz, channels }, receivedBefore);
  if (bytes.pieces[0] !== undefined) suspicion.examine(bytes.pieces[0]);
  const leftBytes = (receivedBefore + bytes.sizeBytes) % (BYTES_PER_SAMPLE[encoding] * channels);
  if (isFinal && leftBytes > 0) throw incompleteSample(encoding, leftBytes);
}

/** Later chunks may repeat what the first one said, as clients do that send every field each time. @throws SttError `bad_request` */
export function checkOptions(form: Pick<ChunkForm, 'config' | 'givenOptions'>, config: OpenSessionConfig): void {
  const changed = form.givenOptions.find((name) => form.config[name] !== config[name]);
  if (changed !== undefined) throw optionChanged(changed, config[changed]);
}

function isRaw(encoding: string): encoding is RawEncoding {
  return encoding in BYTES_PER_SAMPLE;
}

function incompleteSample(encoding: RawEncoding, leftBytes: number): SttError {
  return new SttError(
    'audio_undecodable',
    `The audio ends in the middle of a sample of ${encoding}, ${leftBytes} bytes too long: send whole samples, or name the right encoding.`,
    { field: 'audio_chunk' },
  );
}
