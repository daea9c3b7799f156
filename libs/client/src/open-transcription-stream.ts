import { createOpener } from './create-opener.ts';
import { dialWs } from './links/dial-ws.ts';

/** Opens a stream from Node. @see OpenTranscriptionStream */
export const openTranscriptionStream = createOpener(dialWs);
