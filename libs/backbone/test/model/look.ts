import type { Redis } from 'ioredis';
import type { SessionId } from '@verbatim/protocol';
import { sampleOfEntry } from '../../src/audio/audio-entry.ts';
import type { Keys } from '../../src/keys.ts';
import { defineScript, runScript } from '../../src/scripts/script.ts';
import { decodeProgress, frameOf, framesIn, type Message, type Progress } from './ledger.ts';

const LUA = `
local session, audio, log, open, expiry = unpack(KEYS)
local lastId = false
if redis.call('EXISTS', audio) == 1 then
  local info = redis.call('XINFO', 'STREAM', audio)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then lastId = info[i + 1] end
  end
end
return cjson.encode({
  redis.call('HMGET', session, 'state', 'connection', 'usedToken', 'fence', 'owner', 'failedOwners', 'seq', 'checkpoint'),
  redis.call('HEXISTS', session, 'mediaHeader'),
  redis.call('XRANGE', audio, '-', '+'),
  lastId,
  redis.call('XRANGE', log, '-', '+'),
  redis.call('ZSCORE', open, ARGV[1]),
  redis.call('ZSCORE', expiry, ARGV[1]),
  redis.call('HGETALL', session),
})`;

const lookScript = defineScript({
  name: 'model: look',
  lua: LUA,
  flags: ['no-writes'],
  keys: ['session', 'audio', 'log', 'open', 'expiry'],
  args: ['sessionId'],
  decode: String,
});

/** Audio entries carry frames; marks carry a control. */
export interface SeenEntry {
  readonly id: string;
  readonly frames: readonly number[];
  readonly control: string | undefined;
}

/** Everything that Redis holds of the session, at one moment. */
export interface Look {
  /** Two looks with the same text saw the same. */
  readonly text: string;
  /** `undefined`: there is no record. */
  readonly state: string | undefined;
  readonly fence: number;
  readonly owner: string;
  readonly failedOwners: number;
  readonly seq: number;
  readonly progress: Progress;
  /** The beginning of the client's file is kept. */
  readonly hasMediaHeader: boolean;
  readonly audio: readonly SeenEntry[];
  /** Where the stream stands, trimmed or not; `undefined`: there is no stream. */
  readonly audioEndFrame: number | undefined;
  readonly log: readonly Message[];
  readonly isInOpen: boolean;
  readonly isInExpiry: boolean;
  /** When the reaper may have it; NaN when it has not to wait for it. */
  readonly expiresAtMs: number;
  /** There is something under the record's key. */
  readonly hasRecord: boolean;
}

type Maybe = string | false;
type RawEntries = readonly (readonly [id: string, fields: readonly string[]])[] | object;
type RawLook = readonly [readonly Maybe[], number, RawEntries, Maybe, RawEntries, Maybe, Maybe, RawEntries];

/** Looks behind the scripts, in one atomic call. */
export async function takeLook(redis: Redis, keys: Keys, sessionId: SessionId): Promise<Look> {
  const text = await runScript(redis, lookScript, {
    keys: {
      session: keys.session(sessionId),
      audio: keys.audio(sessionId),
      log: keys.log(sessionId),
      open: keys.open(0),
      expiry: keys.expiry(0),
    },
    args: { sessionId },
  });
  return readLook(text);
}

function readLook(text: string): Look {
  const [record, mediaHeaders, audio, lastId, log, open, expiry, fields] = JSON.parse(text) as RawLook;
  const [state, , , fence, owner, failedOwners, seq, checkpoint] = record;
  return {
    text,
    state: state || undefined,
    fence: Number(fence),
    owner: owner || '',
    failedOwners: Number(failedOwners),
    seq: Number(seq),
    progress: decodeProgress(checkpoint || ''),
    hasMediaHeader: mediaHeaders === 1,
    audio: entriesOf(audio).map(([id, [name = '', content = '']]) => ({
      id,
      frames: name === 'd' ? framesIn(Buffer.from(content)) : [],
      control: name === 'c' ? content : undefined,
    })),
    audioEndFrame: lastId === false ? undefined : frameOf(sampleOfEntry(lastId)),
    log: entriesOf(log).map(([id, [, json = '']]) => ({ seq: sampleOfEntry(id), json })),
    isInOpen: open !== false,
    isInExpiry: expiry !== false,
    expiresAtMs: expiry === false ? NaN : Number(expiry),
    hasRecord: entriesOf(fields).length > 0,
  };
}

/** An empty Lua table is encoded as an object. */
function entriesOf(raw: RawEntries): readonly (readonly [id: string, fields: readonly string[]])[] {
  return Array.isArray(raw) ? (raw as readonly (readonly [string, readonly string[]])[]) : [];
}
