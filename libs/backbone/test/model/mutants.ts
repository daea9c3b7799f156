import type { Mutation } from './scripts.ts';

export interface Mutant extends Mutation {
  /** What is wrong with it, as the end of "a script that …". */
  readonly fault: string;
}

/** Faults of the fence: who may write. */
const FENCE: readonly Mutant[] = [
  {
    fault: 'commits under any fence',
    script: 'commit',
    find: 'newest ~= fence or owner ~= nodeId',
    replace: 'owner ~= nodeId',
  },
  {
    fault: 'commits for any owner',
    script: 'commit',
    find: 'newest ~= fence or owner ~= nodeId',
    replace: 'newest ~= fence',
  },
  {
    fault: 'commits when fence or owner is right',
    script: 'commit',
    find: 'newest ~= fence or owner ~= nodeId',
    replace: 'newest ~= fence and owner ~= nodeId',
  },
  {
    fault: 'commits under an older fence than the newest',
    script: 'commit',
    find: 'newest ~= fence or',
    replace: 'tonumber(newest or 0) < tonumber(fence) or',
  },
  {
    fault: 'commits to a session that is gone',
    script: 'commit',
    find: 'if newest ~= fence or',
    replace:
      "newest, lastSeq, state = newest or fence, lastSeq or afterSeq, state or 'live'\nowner = owner or nodeId\nif newest ~= fence or",
  },
  {
    fault: 'writes the checkpoint before it looks at the fence',
    script: 'commit',
    find: "local newest, owner, state, lastSeq = unpack(redis.call('HMGET', session,",
    replace:
      "if redis.call('EXISTS', session) == 1 then redis.call('HSET', session, 'checkpoint', checkpoint) end\n" +
      "local newest, owner, state, lastSeq = unpack(redis.call('HMGET', session,",
  },
  {
    fault: 'trims the audio before it looks at the fence',
    script: 'commit',
    find: "local newest, owner, state, lastSeq = unpack(redis.call('HMGET', session,",
    replace:
      "redis.call('XTRIM', audio, 'MINID', releaseBeforeSample .. '-0')\n" +
      "local newest, owner, state, lastSeq = unpack(redis.call('HMGET', session,",
  },
  {
    fault: 'renews under any fence',
    script: 'renew',
    find: 'newest == fence and owner == nodeId',
    replace: 'owner == nodeId',
  },
  {
    fault: 'renews for any owner',
    script: 'renew',
    find: 'newest == fence and owner == nodeId',
    replace: 'newest == fence',
  },
  {
    fault: 'releases under any fence',
    script: 'release',
    find: 'newest ~= fence or owner ~= nodeId',
    replace: 'owner ~= nodeId',
  },
  {
    fault: 'releases for any owner',
    script: 'release',
    find: 'newest ~= fence or owner ~= nodeId',
    replace: 'newest ~= fence',
  },
  {
    fault: 'releases and keeps its name on the session',
    script: 'release',
    find: "redis.call('HSET', session, 'owner', '')",
    replace: '',
  },
];

/** Faults of the lease: who is given a session, and when. */
const LEASE: readonly Mutant[] = [
  {
    fault: 'gives a session away without a new fence',
    script: 'claim',
    find: "redis.call('HINCRBY', session, 'fence', 1)",
    replace: "tonumber(redis.call('HGET', session, 'fence'))",
  },
  {
    fault: 'gives a session away without saying whose it is',
    script: 'claim',
    find: "redis.call('HSET', session, 'owner', nodeId)",
    replace: '',
  },
  {
    fault: 'gives a session away while its lease lives',
    script: 'claim',
    find: 'tonumber(deadlineMs) > nowMs',
    replace: 'false',
  },
  {
    fault: 'gives a session away without a lease',
    script: 'claim',
    find: "redis.call('ZADD', open, nowMs + leaseMs, sessionId)",
    replace: '',
  },
  {
    fault: 'counts no owner that failed',
    script: 'release',
    find: "if failed == '1' then",
    replace: 'if false then',
  },
  {
    fault: 'holds failed owners against whoever comes after a commit',
    script: 'commit',
    find: ", 'failedOwners', 0)",
    replace: ')',
  },
  {
    fault: "releases a session out of everybody's sight",
    script: 'release',
    find: "redis.call('ZADD', open, 'XX', 0, sessionId)",
    replace: "redis.call('ZREM', open, sessionId)",
  },
];

/** Faults of the log and the checkpoint: what may be written. */
const TEXT: readonly Mutant[] = [
  {
    fault: 'commits behind a log that a failover cut short',
    script: 'commit',
    find: "if afterSeq > lastSeq then\n  return 'ROLLED_BACK'\nend",
    replace: '',
  },
  {
    fault: 'takes a batch that does not go on from the log',
    script: 'commit',
    find: 'if afterSeq > lastSeq then',
    replace: 'if afterSeq > lastSeq + 1 then',
  },
  {
    fault: 'takes no commit a second time',
    script: 'commit',
    find: 'local isRepeat = afterSeq < lastSeq',
    replace: 'local isRepeat = false',
  },
  {
    fault: 'takes other content under a number that is in the log',
    script: 'commit',
    find: 'if not entry or entry[2][2] ~= json then',
    replace: 'if not entry then',
  },
  {
    fault: 'moves the checkpoint without the log',
    script: 'commit',
    find: "redis.call('XADD', log, ARGV[i] .. '-0', 'm', ARGV[i + 1])",
    replace: '',
  },
  {
    fault: 'moves the log without the checkpoint',
    script: 'commit',
    find: "redis.call('HSET', session, 'checkpoint', checkpoint, 'seq', lastSeq, 'failedOwners', 0)",
    replace: "redis.call('HSET', session, 'seq', lastSeq, 'failedOwners', 0)",
  },
  {
    fault: 'releases audio that the checkpoint still needs',
    script: 'commit',
    find: "redis.call('XTRIM', audio, 'MINID', releaseBeforeSample .. '-0')",
    replace: "redis.call('XTRIM', audio, 'MAXLEN', 1)",
  },
  {
    fault: 'trims a stream to nothing',
    script: 'commit',
    find: "if #redis.call('XRANGE', audio, releaseBeforeSample .. '-0', '+', 'COUNT', 1) > 0 then",
    replace: 'if true then',
  },
  {
    fault: 'leaves a session that is over to be claimed again',
    script: 'commit',
    find: "redis.call('ZREM', open, sessionId)",
    replace: '',
  },
  {
    fault: 'goes on with a session that is over',
    script: 'commit',
    find: "redis.call('HSET', session, 'state', 'ended')",
    replace: '',
  },
];

/** Faults of resume, append and expiry: what a client may rely on. */
const CLIENT: readonly Mutant[] = [
  {
    fault: 'takes a token that is used up',
    script: 'resume',
    find: 'if tonumber(token) < tonumber(usedToken) then',
    replace: 'if false then',
  },
  {
    fault: 'refuses the repeat of a resume whose reply was lost',
    script: 'resume',
    find: 'tonumber(token) < tonumber(usedToken)',
    replace: 'tonumber(token) <= tonumber(usedToken)',
  },
  {
    fault: 'forgets which token was used',
    script: 'resume',
    find: "'usedToken', token, ",
    replace: '',
  },
  {
    fault: 'grants a connection twice after a failover',
    script: 'resume',
    find: 'math.max(connection, token) + 1',
    replace: 'connection + 1',
  },
  {
    fault: 'resumes a session whose audio is gone',
    script: 'resume',
    find: "if not last then\n    return { 'GONE' }\n  end",
    replace: "last = last or { '0-0', { 'c', '', 'b', '0' } }",
  },
  {
    fault: 'resumes a session that the reaper has',
    script: 'resume',
    find: "if state == 'expiring' then",
    replace: 'if false then',
  },
  {
    fault: 'appends behind a hole that a failover left',
    script: 'append',
    find: "return 'ROLLED_BACK'",
    replace: '',
  },
  {
    fault: 'brings back a stream that is gone',
    script: 'append',
    find: "audio, 'NOMKSTREAM', streamId",
    replace: 'audio, streamId',
  },
  {
    fault: 'keeps no beginning of a packed file',
    script: 'append',
    find: "redis.call('HSET', session, 'mediaHeader', mediaHeader)",
    replace: '',
  },
  {
    fault: 'stores no restart point of packed audio',
    script: 'append',
    find: "fields[5], fields[6] = 'r', restartFrame",
    replace: '',
  },
  {
    fault: 'does not say where a decoder begins again',
    script: 'resume',
    find: "restartFrame or ''",
    replace: "''",
  },
  {
    fault: 'expires a session whose client is there',
    script: 'expire',
    find: 'if not dueMs or tonumber(dueMs) > nowMs then',
    replace: 'if false then',
  },
  {
    fault: 'expires a session again and again',
    script: 'expire',
    find: "redis.call('ZREM', expiry, sessionId)\nlocal last",
    replace: 'local last',
  },
  {
    fault: 'expires a session without telling its transcriber',
    script: 'expire',
    find: 'if last then',
    replace: 'if false then',
  },
  {
    fault: 'detaches a session that a newer connection holds',
    script: 'detach',
    find: "newest ~= connection or state ~= 'live'",
    replace: "state ~= 'live'",
  },
];

/** Faults of deleting: what may be left. */
const DELETION: readonly Mutant[] = [
  {
    fault: 'keeps the audio of a session that is deleted',
    script: 'delete',
    find: "'UNLINK', session, audio, log",
    replace: "'UNLINK', session, log",
  },
  {
    fault: 'keeps the text of a session that is deleted',
    script: 'delete',
    find: "'UNLINK', session, audio, log",
    replace: "'UNLINK', session, audio",
  },
  {
    fault: 'leaves a deleted session to be claimed',
    script: 'delete',
    find: "redis.call('ZREM', open, sessionId)",
    replace: '',
  },
  {
    fault: 'leaves a deleted session to the reaper',
    script: 'delete',
    find: "redis.call('ZREM', expiry, sessionId)",
    replace: '',
  },
];

/** Each is a mistake somebody could make; the model must notice every one of them. */
export const MUTANTS: readonly Mutant[] = [...FENCE, ...LEASE, ...TEXT, ...CLIENT, ...DELETION];
