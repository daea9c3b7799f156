import { SttError } from '@verbatim/protocol';

/** What Redis answers while it is there but does not serve; every other error reply is a defect of ours. */
const REFUSALS: readonly { readonly prefix: string; readonly sentence: (address: string) => string }[] = [
  {
    prefix: 'OOM',
    sentence: (at) =>
      `Redis at ${at} has reached maxmemory and refuses to store more; raise maxmemory or end sessions.`,
  },
  { prefix: 'LOADING', sentence: (at) => `Redis at ${at} is still loading its data; try again shortly.` },
  {
    prefix: 'READONLY',
    sentence: (at) =>
      `Redis at ${at} is a read-only replica; point REDIS_URL at the master, or try again after the failover.`,
  },
  {
    prefix: 'MISCONF',
    sentence: (at) => `Redis at ${at} cannot write to its disk and refuses writes; free space there.`,
  },
  {
    prefix: 'NOREPLICAS',
    sentence: (at) => `Redis at ${at} has too few replicas in reach and refuses writes; bring them back.`,
  },
  { prefix: 'CLUSTERDOWN', sentence: (at) => `The Redis Cluster at ${at} is down; check its nodes.` },
  { prefix: 'NOAUTH', sentence: credentials },
  { prefix: 'WRONGPASS', sentence: credentials },
  { prefix: 'NOPERM', sentence: (at) => `Redis at ${at} does not permit this user what is needed; check its ACL.` },
  {
    prefix: 'MOVED',
    sentence: (at) => `Redis at ${at} is a node of a cluster; REDIS_URL must begin with redis+cluster://.`,
  },
  { prefix: 'MASTERDOWN', sentence: (at) => `Redis at ${at} has lost its master; try again after the failover.` },
];

function credentials(address: string): string {
  return `Redis at ${address} refused the credentials; check user and password in REDIS_URL.`;
}

/** What ioredis says when no answer came, where that tells more than that nobody is there. */
const SILENCES: readonly { readonly pattern: RegExp; readonly sentence: (address: string) => string }[] = [
  {
    pattern: /sentinel.*(No such master|invalid reply)/,
    sentence: (at) => `The Sentinels at ${at} know no master of that name; check the end of REDIS_URL.`,
  },
  {
    pattern: /sentinel.*(NOAUTH|WRONGPASS)/,
    sentence: (at) => `The Sentinels at ${at} refused the credentials; check sentinel_password in REDIS_URL.`,
  },
  {
    pattern: /failed to connect to sentinel|sentinels are unreachable/,
    sentence: (at) => `No Sentinel at ${at} can be reached; is one running?`,
  },
  {
    pattern: /Too many Cluster redirections/,
    sentence: (at) =>
      `The Redis Cluster at ${at} has no master in reach for this session; try again after the failover.`,
  },
  {
    pattern: /Failed to refresh slots cache|None of startup nodes/,
    sentence: (at) => `No node of a Redis Cluster at ${at} can be reached; is it running, and is it a cluster?`,
  },
];

/** True for an error that Redis itself answered, false when no answer came. */
export function isReply(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'ReplyError';
}

/** True when trying the same again later can succeed: no answer, or a refusal that passes. */
export function isTemporary(cause: unknown): boolean {
  return !isReply(cause) || REFUSALS.some(({ prefix }) => cause.message.startsWith(prefix));
}

/**
 * Converts whatever ioredis threw. The sentence names host and port, never the credentials of the URL.
 * Shape: `storage_unavailable` for a Redis that does not answer or refuses; `internal_error` for an error reply that is a defect.
 */
export function toStorageError(cause: unknown, address: string): SttError {
  if (cause instanceof SttError) return cause;
  const [first] = previousErrors(cause);
  if (first !== undefined) return toStorageError(first, address);
  const refusal = cause instanceof Error ? REFUSALS.find(({ prefix }) => cause.message.startsWith(prefix)) : undefined;
  if (refusal) return new SttError('storage_unavailable', refusal.sentence(address), { cause });
  if (isReply(cause)) return SttError.from(cause);
  return new SttError('storage_unavailable', sentenceOfSilence(cause, address), { cause });
}

function sentenceOfSilence(cause: unknown, address: string): string {
  const silence = cause instanceof Error ? SILENCES.find(({ pattern }) => pattern.test(cause.message)) : undefined;
  return silence?.sentence(address) ?? `Redis at ${address} cannot be reached; is it running?`;
}

/** A transaction that was refused says EXECABORT; the reason is in the errors of its commands. */
function previousErrors(cause: unknown): readonly unknown[] {
  const isAborted = isReply(cause) && 'previousErrors' in cause && Array.isArray(cause.previousErrors);
  return isAborted ? (cause.previousErrors as unknown[]) : [];
}
