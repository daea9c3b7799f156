import { SttError } from '@verbatim/protocol';

/** Why a jobs process could not start: one sentence for the person at the terminal, one code for the supervisor. */
export interface StartFailure {
  readonly sentence: string;
  readonly exitCode: number;
}

/** Codes of sysexits.h; README lists them. */
export const EXIT_CODES = {
  /** A defect. */
  defect: 1,
  /** EX_UNAVAILABLE: Redis is not there. */
  redisUnavailable: 69,
  /** EX_OSERR: the port cannot be had. */
  portUnavailable: 71,
} as const;

/** What listening can end with; anything else is a defect. */
const LISTEN_CODES = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND']);

/** Puts what went wrong at the start into words; `undefined` for a defect, which deserves its stack in the log. */
export function describeStartFailure(
  thrown: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): StartFailure | undefined {
  if (thrown instanceof SttError && thrown.code === 'storage_unavailable') {
    return { sentence: `${thrown.message} REDIS_URL says where it is.`, exitCode: EXIT_CODES.redisUnavailable };
  }
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (!LISTEN_CODES.has(code)) return undefined;
  const sentence = `Port ${port} of ${host} cannot be had (${code}): set STT_JOBS_PORT to a free port (0 takes any), HOST to an address of this machine.`;
  return { sentence, exitCode: EXIT_CODES.portUnavailable };
}
