import { CommandFailure, EXIT_CODES } from '../exit-codes.ts';
import { ARCHIVE_PREFIX, findInCatalogue, withoutPrefix } from './catalogue.ts';

/** Where a model comes from and what is known of its archive before it is fetched. */
export interface ModelSource {
  /** Its folder here. */
  readonly name: string;
  readonly archiveUrl: string;
  readonly archiveName: string;
  readonly licence: string | undefined;
  /** Of the archive; `undefined` where nobody has said so yet. */
  readonly sha256: string | undefined;
  readonly bytes: number | undefined;
}

/** What the user asks for. */
export interface SourceRequest {
  /** A model's name, or the address of an archive. */
  readonly wanted: string;
  /** Where the release is mirrored. */
  readonly baseUrl: string;
  readonly sha256: string | undefined;
}

const ARCHIVE_ENDING = /\.(tar\.bz2|tbz2|tar\.gz|tgz)$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** One folder's name: nothing in it leads elsewhere. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

/**
 * Finds out what to fetch: a name is an archive of the release, catalogued or not, a URL an archive anywhere.
 * @throws CommandFailure that says what is wrong with the request
 */
export function modelSource({ wanted, baseUrl, sha256 }: SourceRequest): ModelSource {
  const checksum = sha256?.toLowerCase();
  if (checksum !== undefined && !SHA256.test(checksum)) throw usage('--sha256 takes 64 hexadecimal digits.');
  if (/^https?:\/\//i.test(wanted)) return sourceAt(wanted, checksum);
  const name = assertModelName(withoutPrefix(wanted));
  const known = findInCatalogue(name);
  const archiveName = `${ARCHIVE_PREFIX}${name}.tar.bz2`;
  return {
    ...{ name, archiveName, archiveUrl: `${baseUrl.replace(/\/+$/, '')}/${archiveName}` },
    licence: known?.licence,
    sha256: checksum ?? (typeof known?.origin === 'object' ? known.origin.sha256 : undefined),
    bytes: checksum === undefined ? known?.bytes : undefined,
  };
}

/**
 * Makes sure that a name is one folder's and leads nowhere else.
 * @throws CommandFailure
 */
export function assertModelName(name: string): string {
  if (FOLDER_NAME.test(name)) return name;
  throw usage(
    `${JSON.stringify(name)} is no model's name: letters, digits, dots and dashes are. See: verbatim models list`,
  );
}

function sourceAt(address: string, sha256: string | undefined): ModelSource {
  if (!URL.canParse(address)) throw usage(`${address} is not a URL.`);
  const archiveName = decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '');
  if (!ARCHIVE_ENDING.test(archiveName)) throw usage(`${address} does not end in .tar.bz2 or .tar.gz.`);
  const name = assertModelName(withoutPrefix(archiveName.replace(ARCHIVE_ENDING, '')));
  return { name, archiveName, archiveUrl: address, licence: undefined, sha256, bytes: undefined };
}

function usage(message: string): CommandFailure {
  return new CommandFailure(message, EXIT_CODES.usage);
}
