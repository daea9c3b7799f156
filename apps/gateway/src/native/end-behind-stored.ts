import type { AudioWriter } from '@verbatim/backbone';

/** Marks the end behind what was appended, and lets the writer go once Redis has it, or has lost it. */
export function endBehindStored(writer: Pick<AudioWriter, 'mark' | 'drained' | 'close'>): void {
  writer.mark('end');
  void writer
    .drained()
    .catch(() => undefined)
    .then(() => writer.close());
}
