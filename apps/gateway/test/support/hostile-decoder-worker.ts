import { parentPort } from 'node:worker_threads';
import { openMediaIntake, type MediaIntake } from '@verbatim/audio';
import { serveDecoders } from '../../src/decoding/serve-decoders.ts';

/** A worker whose codecs do what hostile files would have them do, when the bytes ask for it by name. */
const DEEDS: Readonly<Record<string, () => void>> = {
  LOOP_FOR_EVER: () => {
    for (;;);
  },
  EAT_MEMORY: () => {
    const eaten: Uint8Array[] = [];
    for (;;) eaten.push(new Uint8Array(4_194_304).fill(1));
  },
  EAT_HEAP: () => {
    const eaten: object[] = [];
    for (;;) eaten.push({ at: eaten.length });
  },
  END_THE_THREAD: () => process.exit(1),
  THROW_AN_ERROR: () => {
    throw new Error('unreachable');
  },
};

function hostile(intake: MediaIntake): MediaIntake {
  return {
    accept(bytes) {
      const said = Buffer.from(bytes).toString('latin1');
      for (const [name, deed] of Object.entries(DEEDS)) if (said.includes(name)) deed();
      return intake.accept(bytes);
    },
    flush: () => intake.flush(),
    end: () => intake.end(),
    get header() {
      return intake.header;
    },
    free: () => intake.free(),
  };
}

if (parentPort !== null) await serveDecoders(parentPort, async (...how) => hostile(await openMediaIntake(...how)));
