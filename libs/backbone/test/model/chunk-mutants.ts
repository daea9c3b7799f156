import type { Mutant } from './mutants.ts';

/** Faults of letting an upload in: whose turn it is, and what it goes on from. */
const BEGINNING: readonly Mutant[] = [
  {
    fault: 'lets an upload in before its turn',
    script: 'beginChunk',
    find: 'if index > next then',
    replace: 'if false then',
  },
  {
    fault: 'lets an upload in that was taken before',
    script: 'beginChunk',
    find: 'if index < next then',
    replace: 'if false then',
  },
  {
    fault: 'says of other bytes that they were taken',
    script: 'beginChunk',
    find: 'if index == next - 1 and digest ~= lastDigest then',
    replace: 'if false then',
  },
  {
    fault: 'lets other bytes follow the half of a chunk',
    script: 'beginChunk',
    find: "if begun and begun ~= digest and tonumber(sample) > tonumber(takenSample or '0') then",
    replace: 'if false then',
  },
  {
    fault: 'keeps an index from other bytes of which nothing is stored',
    script: 'beginChunk',
    find: "begun ~= digest and tonumber(sample) > tonumber(takenSample or '0')",
    replace: 'begun ~= digest',
  },
  {
    fault: 'lets nobody go on with the half of a chunk',
    script: 'beginChunk',
    find: 'if begun and begun ~= digest and',
    replace: 'if',
  },
  {
    fault: 'forgets whose bytes were begun',
    script: 'beginChunk',
    find: "'chunkBegun', digest, ",
    replace: '',
  },
  {
    fault: 'does not say what the decoder held',
    script: 'beginChunk',
    find: "decoder or ''",
    replace: "''",
  },
  {
    fault: 'does not say how far the answers have come',
    script: 'beginChunk',
    find: "last[2][4], told or '0'",
    replace: "last[2][4], '0'",
  },
  {
    fault: 'lets an upload into a session that the reaper has',
    script: 'beginChunk',
    find: "final or state == 'ended' or state == 'expiring'",
    replace: 'final',
  },
  {
    fault: 'lets an upload in behind the final one',
    script: 'beginChunk',
    find: "final or state == 'ended'",
    replace: "state == 'ended'",
  },
  {
    fault: 'leaves an upload to the reaper',
    script: 'beginChunk',
    find: "redis.call('ZADD', expiry, nowMs + liveTtlMs, sessionId)",
    replace: '',
  },
  {
    fault: 'lets chunks into the session of a WebSocket',
    script: 'beginChunk',
    find: "if isFirst ~= '1' then",
    replace: 'if false then',
  },
];

/** Faults of taking an upload: what moves on together. */
const TAKING: readonly Mutant[] = [
  {
    fault: 'takes a chunk whose audio is not what is stored',
    script: 'takeChunk',
    find: "if string.match(last[1], '^%d+') ~= sample then",
    replace: 'if false then',
  },
  {
    fault: 'takes a chunk that is not next',
    script: 'takeChunk',
    find: 'if next ~= index then',
    replace: 'if false then',
  },
  {
    fault: 'does not know a chunk that it took',
    script: 'takeChunk',
    find: "if next == string.format('%.0f', index + 1) then",
    replace: 'if false then',
  },
  {
    fault: 'takes other bytes for those that it took',
    script: 'takeChunk',
    find: "lastDigest == digest and 'ALREADY' or 'OTHER_BYTES'",
    replace: "'ALREADY'",
  },
  {
    fault: 'moves the decoder on without the index',
    script: 'takeChunk',
    find: "'chunkNext', string.format('%.0f', index + 1), ",
    replace: '',
  },
  {
    fault: 'moves the index on without the decoder',
    script: 'takeChunk',
    find: ", 'chunkDecoder', decoder,",
    replace: ',',
  },
  {
    fault: 'forgets which bytes it took',
    script: 'takeChunk',
    find: ", 'chunkDigest', digest",
    replace: '',
  },
  {
    fault: 'forgets where the audio of taken chunks ends',
    script: 'takeChunk',
    find: "'chunkSample', sample, ",
    replace: '',
  },
  {
    fault: 'takes a chunk into a session that the reaper has',
    script: 'takeChunk',
    find: "if state == 'ended' or state == 'expiring' then",
    replace: 'if false then',
  },
  {
    fault: 'ends no audio behind a final chunk',
    script: 'takeChunk',
    find: "redis.call('XADD', audio, sample .. '-*', 'c', 'end', 'b', clientBytes)",
    replace: '',
  },
  {
    fault: 'forgets that a chunk was the final one',
    script: 'takeChunk',
    find: "redis.call('HSET', session, 'chunkFinal', index)",
    replace: '',
  },
  {
    fault: 'takes a chunk and does not wait for the next',
    script: 'takeChunk',
    find: "'chunkSample', sample, 'state', 'detached')",
    replace: "'chunkSample', sample)",
  },
  {
    fault: 'gives the next chunk no time',
    script: 'takeChunk',
    find: "redis.call('ZADD', expiry, nowMs + resumeWindowMs, sessionId)",
    replace: '',
  },
];

/** Faults of answering: which finals an answer tells. */
const ANSWERING: readonly Mutant[] = [
  {
    fault: 'tells a final in two answers',
    script: 'answerChunk',
    find: "'chunkTold', seq, field",
    replace: 'field',
  },
  {
    fault: 'tells something else to whoever asks again',
    script: 'answerChunk',
    find: 'if known then',
    replace: 'if false then',
  },
  {
    fault: 'tells an old chunk what is new',
    script: 'answerChunk',
    find: "if index + keptAnswers < tonumber(next or '0') then",
    replace: 'if false then',
  },
  {
    fault: 'brings back the record of a session that is gone',
    script: 'answerChunk',
    find: "if not seq then\n  return { 'GONE' }",
    replace: "seq = seq or '0'\nif false then\n  return { 'GONE' }",
  },
];

/** Each is a mistake somebody could make in a script for uploads; the model must notice every one of them. */
export const CHUNK_MUTANTS: readonly Mutant[] = [...BEGINNING, ...TAKING, ...ANSWERING];
