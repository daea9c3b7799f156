import { parentPort } from 'node:worker_threads';
import { openMediaIntake } from '@verbatim/audio';
import { serveDecoders } from './serve-decoders.ts';

// The entry of a worker thread: a bundle of its own beside the gateway's.
if (parentPort === null) throw new Error('this file is the entry of a worker thread');
await serveDecoders(parentPort, openMediaIntake);
