import { formatShard, shardOf, type SessionId } from '@verbatim/protocol';

/**
 * Builds every key and channel name; nothing else in the product does.
 * Invariant: all names of a shard carry the same hash tag `{07}`, so scripts and multi-key reads stay in one cluster slot.
 */
export interface Keys {
  /**
   * Sorted set: every live session of the shard; score = lease deadline in Redis milliseconds, 0 = nobody's.
   * Written by both sides through scripts; read by `due`, `claim`, `renew`. No TTL: a member goes when its session ends (commit) or its
   * record is found gone (claim, renew, expire, heal).
   * @see docs/adr/0002-ownership-is-one-sorted-set.md
   */
  open(shard: number | string): string;
  /**
   * Sorted set: every session of the shard that has not ended and is not being finalised; score = when the reaper may finalise it, in Redis
   * milliseconds. Written by open, keep-alive and resume (live time from now) and by detach (resume window from now); read by the reaper.
   * No TTL: a member goes when its session expires (expire) or ends (commit), or its record is found gone (claim, renew, expire, heal).
   * @see docs/adr/0009-expiry-set-and-reaper.md
   */
  expiry(shard: number | string): string;
  /**
   * Hash: the session's record: `config` `provider` `state` `epoch` `secret` `connection` `usedToken` `fence` `owner` `failedOwners` `seq`
   * `checkpoint`, and once ended `endSample` `endClientBytes`; `mediaHeader` of packed audio; `chunk…` when its audio comes in uploads. Written by all sides, by script only. TTL: live time, resume window when
   * detached, retention when expiring, each and the reaper's slack; retention when ended.
   */
  session(id: SessionId): string;
  /**
   * Stream: 16 kHz s16le audio, id = end offset in samples; fields `d` pcm and `b` client bytes, or `c` control and `b`; for packed audio `r` frame of the restart. Written by the gateway,
   * the mark `expire` by the reaper; read by the owner; trimmed at each commit; TTL as the record; deleted at the end.
   * @see docs/adr/0001-audio-ids-are-sample-offsets.md
   */
  audio(id: SessionId): string;
  /** Stream: durable messages, id = `<seq>-0`, field `m` = the message's JSON. Written by commit, read by gateways. TTL as the record. */
  log(id: SessionId): string;
  /** Channel: `D <seq> <json>`, `T <fence> <json>`, `C <connection>`, `X`. Published by the transcriber, by resume and by delete, heard by gateways. */
  text(id: SessionId): string;
  /** Channel: something in the shard's `open` became nobody's. Published by open, release and expire, heard by transcribers. */
  work(shard: number | string): string;
  /** Hash: counters of one minute since 1970. Written and read by both sides. TTL 24 h. */
  stats(minute: number): string;
  /** Hash: one process, each field of its node record as JSON. Written by itself, read by all. TTL 10 s. */
  node(nodeId: string): string;
  /** Sorted set: ids of processes, score = last heartbeat by the writer's clock. Cleaned by readers. TTL 60 s after the last heartbeat. */
  nodes(): string;
  /** Channel: a subscriber connection hears itself here, per shard on a cluster. */
  probe(shard: number | string, subscriberId: string): string;
}

const SESSION_PREFIX_DIGITS = 2;

/** @throws RangeError when the prefix would break the hash tag. */
export function createKeys(prefix: string): Keys {
  if (!/^[\w.:-]+$/.test(prefix)) throw new RangeError(`a key prefix is letters, digits and . : _ -, got ${prefix}`);
  const tagged = (shard: number | string) => `${prefix}:{${typeof shard === 'number' ? formatShard(shard) : shard}}`;
  const session = (id: SessionId) => `${tagged(shardOf(id))}:s:${id}`;
  return {
    open: (shard) => `${tagged(shard)}:open`,
    expiry: (shard) => `${tagged(shard)}:expiry`,
    session,
    audio: (id) => `${session(id)}:audio`,
    log: (id) => `${session(id)}:log`,
    text: (id) => `${session(id)}:text`,
    work: (shard) => `${tagged(shard)}:work`,
    stats: (minute) => `${prefix}:stats:${minute}`,
    node: (nodeId) => `${prefix}:node:${nodeId}`,
    nodes: () => `${prefix}:nodes`,
    probe: (shard, subscriberId) => `${tagged(shard)}:probe:${subscriberId}`,
  };
}

/** The two digits inside a name's hash tag. */
export function shardInName(name: string): string {
  const open = name.indexOf('{');
  return name.slice(open + 1, open + 1 + SESSION_PREFIX_DIGITS);
}

/** One row of `docs/redis-keys.md`. */
export interface RedisKeyDescription {
  readonly name: string;
  readonly type: 'hash' | 'stream' | 'sorted set' | 'channel';
  readonly what: string;
  readonly writer: string;
  readonly reader: string;
  readonly life: string;
}

/** Every key and channel of the product. @see docs/redis-keys.md (generated from this table) */
export const REDIS_KEYS: readonly RedisKeyDescription[] = [
  {
    name: 'stt:{07}:open',
    type: 'sorted set',
    what: "Every live session of shard 07; score = lease deadline in Redis milliseconds, 0 = nobody's.",
    writer: 'open, claim, renew, release, commit; resume and expire, should the session be missing',
    reader: 'due, claim; counted for the statistics',
    life: 'no TTL; a member is removed when its session ends (commit), is deleted or its record is found gone (claim, renew, expire, heal)',
  },
  {
    name: 'stt:{07}:expiry',
    type: 'sorted set',
    what: 'Every session of shard 07 that waits for its client or has it; score = when the reaper may finalise it, in Redis milliseconds.',
    writer: 'open, keep-alive, resume, detach (gateway); expire (reaper); commit (transcriber)',
    reader: 'the reaper: due, expire',
    life: 'no TTL; a member is removed when it expires (expire), ends (commit), is deleted or its record is found gone (claim, renew, expire, heal)',
  },
  {
    name: 'stt:{07}:s:<id>',
    type: 'hash',
    what:
      'The record: `config` `provider` `state` (live, detached, expiring, ended) `epoch` `secret` (key of the resume tokens) `connection` ' +
      '`usedToken` (number of the newest token that was used) `fence` `owner` `failedOwners` (in a row, without a commit) `seq` ' +
      '`checkpoint`; once ended `endSample` `endClientBytes`. Packed audio: `mediaHeader` (binary, at most 64 KiB, what a later ' +
      'decoder needs of the file). When its audio comes in uploads also `chunkNext` (index) `chunkBegun` and ' +
      '`chunkDigest` (of the next and of the last chunk) `chunkDecoder` (its state) `chunkSample` `chunkFinal` `chunkTold` ' +
      '`chunkAnswer:<index>` (what the last 16 answers told).',
    writer:
      'open, resume, detach, keep-alive, begin-chunk, take-chunk, answer-chunk (gateway); claim, commit, release (transcriber); expire (reaper)',
    reader: 'all sides',
    life:
      'TTL: resume window, at least 180 s, from the last sign of life; resume window from detach; retention from expire; to each of them ' +
      'two minutes are added, so that the reaper finds them; retention from the end; deleted by delete, and audio and log with it',
  },
  {
    name: 'stt:{07}:s:<id>:audio',
    type: 'stream',
    what:
      'Audio, 16 kHz s16le, 100 ms entries; id = `<end offset in samples>-0`, fields `d` (pcm) `b` (client bytes so far). Control marks ' +
      '`<offset>-<k>`, fields `c` (finalize, end, expire) `b`. Packed audio: `b` is where a decoder begins again, and a sixth item `r` the ' +
      'frame it gives first. Opening entry `0-1`.',
    writer: 'gateway; expire writes its mark',
    reader: "the session's owner; resume reads the last entry",
    life: 'trimmed at each commit up to the released sample, deleted at the end; TTL as the record',
  },
  {
    name: 'stt:{07}:s:<id>:log',
    type: 'stream',
    what: 'Durable messages (finals, session_ended); id = `<seq>-0`, field `m` = the JSON as the client gets it.',
    writer: 'commit',
    reader: 'gateways, when following starts and to fill gaps',
    life: 'TTL as the record',
  },
  {
    name: 'stt:{07}:s:<id>:text',
    type: 'channel',
    what: '`D <seq> <json>` durable, `T <fence> <json>` transient, `C <connection>` a newer connection took over, `X` it was deleted.',
    writer: 'commit, the owner, resume, delete',
    reader: 'the gateways that follow the session',
    life: '–',
  },
  {
    name: 'stt:{07}:work',
    type: 'channel',
    what: "Wake-up: a session of shard 07 became nobody's.",
    writer: 'open, release, expire',
    reader: 'transcribers',
    life: '–',
  },
  {
    name: 'stt:stats:<minute>',
    type: 'hash',
    what: 'Counters of one minute since 1970, one field each.',
    writer: 'both sides',
    reader: 'statistics',
    life: 'TTL 24 h',
  },
  {
    name: 'stt:node:<id>',
    type: 'hash',
    what: 'One process: role, version, load, capacity, providers; each field as JSON.',
    writer: 'the process itself',
    reader: 'both sides',
    life: 'TTL 10 s',
  },
  {
    name: 'stt:nodes',
    type: 'sorted set',
    what: "Ids of the processes; score = last heartbeat in the process's own milliseconds.",
    writer: 'every process; a reader removes those whose record is gone',
    reader: 'both sides',
    life: 'TTL 60 s from the last heartbeat of any',
  },
  {
    name: 'stt:{07}:probe:<id>',
    type: 'channel',
    what: 'A subscriber connection hears itself here; per shard on a cluster.',
    writer: 'the process itself',
    reader: 'the process itself',
    life: '–',
  },
];
