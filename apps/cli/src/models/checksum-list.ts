/** A list of checksums is a page of text; one that is longer is something else. Units: bytes. */
const MOST_LIST_BYTES = 4_000_000;
const ANSWERED_WITHIN_MS = 30_000;

/** Name and digest, in either order, as the release's `checksum.txt` and as `sha256sum` have them. */
const LINE = /^(?:(?<name>\S+)\s+(?<digest>[0-9a-f]{64})|(?<first>[0-9a-f]{64})\s+\*?(?<second>\S+))$/;

/** The digest that a list states for a file. Pure. */
export function checksumIn(list: string, fileName: string): string | undefined {
  for (const line of list.split(/\r?\n/)) {
    const found = LINE.exec(line.trim())?.groups;
    if (found?.['name'] === fileName) return found['digest'];
    if (found?.['second'] === fileName) return found['first'];
  }
  return undefined;
}

/** Asks for the `checksum.txt` beside an archive; `undefined` where there is none or it does not name the archive. */
export async function publishedChecksum(
  archiveUrl: string,
  archiveName: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ANSWERED_WITHIN_MS)]);
  try {
    const response = await fetch(new URL('checksum.txt', archiveUrl), { signal: patience });
    if (!response.ok) return undefined;
    return checksumIn(await readAtMost(response, MOST_LIST_BYTES), archiveName);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

async function readAtMost(response: Response, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > mostBytes) throw new Error('the list of checksums is too long');
  }
  return text;
}
