import { parseClientMessage, parseStreamQuery, SttError } from '../src/index.ts';

export function readConnection(url: URL, frame: string): string {
  try {
    const query = parseStreamQuery(url.searchParams);
    const message = parseClientMessage(frame);
    return `${query.kind} ${message.type}`;
  } catch (error) {
    const { message, row } = SttError.from(error);
    return `${row.closeCode} ${message}`;
  }
}
