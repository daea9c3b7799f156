import { createOpener } from './create-opener.ts';
import { dialNative } from './links/dial-native.ts';

/** Opens a stream from a browser. @see OpenTranscriptionStream */
export const openTranscriptionStream = createOpener(dialNative);
