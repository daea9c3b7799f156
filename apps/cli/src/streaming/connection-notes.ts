import type { ConnectionState } from '@verbatim/client';
import type { CaptionWriter, TextSink } from '../captions/caption-writer.ts';

/** Tells the user, on lines of their own, that the connection was lost and that it is back; not every try between. */
export function createConnectionNotes(
  err: TextSink,
  captions: Pick<CaptionWriter, 'close'>,
): (connection: ConnectionState) => void {
  let isLost = false;
  const note = (line: string) => {
    captions.close();
    err.write(`${line}\n`);
  };
  return (connection) => {
    if (connection.state === 'resuming' && !isLost) note(`Connection lost, resuming … (${connection.reason.message})`);
    if (connection.state === 'open' && isLost) note('Connection resumed.');
    if (connection.state !== 'closed') isLost = connection.state === 'resuming';
  };
}
