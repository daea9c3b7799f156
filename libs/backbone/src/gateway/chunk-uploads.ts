import type { BackboneParts } from '../connection/backbone-connections.ts';
import { answerChunkScript } from '../scripts/answer-chunk.ts';
import { beginChunkScript, type BeginChunkReply } from '../scripts/begin-chunk.ts';
import { runScript } from '../scripts/script.ts';
import { takeChunkScript } from '../scripts/take-chunk.ts';
import { sessionKeys } from '../session-keys.ts';
import { decodeConfig } from '../stored-config.ts';
import type { BeginChunkResult, ChunkUploads } from './chunk-face.ts';

/** The finals of so many answers are told again; a client that repeats an older chunk gets its place in the row and no text. */
const KEPT_ANSWERS = 16;

/** The part of the gateway's face for uploads. */
export function createChunkUploads({ settings, keys, commands }: BackboneParts): ChunkUploads {
  return {
    async beginChunk(sessionId, { index, digest, isFirst }) {
      const { liveTtlMs, reaperSlackMs: slackMs } = settings;
      const args = { sessionId, index: index ?? '', digest, isFirst: isFirst ? 1 : 0, liveTtlMs, slackMs };
      const call = { keys: sessionKeys(keys, sessionId), args };
      return toResult(await commands.runTwice((client) => runScript(client, beginChunkScript, call)));
    },
    async takeChunk(sessionId, { index, digest, decoder, stored, isFinal }) {
      const { resumeWindowMs, reaperSlackMs: slackMs } = settings;
      const args = { sessionId, index, digest, decoder, ...stored, isFinal: isFinal ? 1 : 0, resumeWindowMs, slackMs };
      const call = { keys: sessionKeys(keys, sessionId), args };
      const word = await commands.runTwice((client) => runScript(client, takeChunkScript, call));
      return TAKE_RESULTS[word];
    },
    answerChunk(sessionId, index) {
      const call = { keys: sessionKeys(keys, sessionId), args: { index, keptAnswers: KEPT_ANSWERS } };
      return commands.runTwice((client) => runScript(client, answerChunkScript, call));
    },
  };
}

const TAKE_RESULTS = {
  TAKEN: 'taken',
  ALREADY: 'already',
  OTHER_BYTES: 'other_bytes',
  MOVED: 'moved',
  OVER: 'over',
  GONE: 'gone',
} as const;

function toResult(reply: BeginChunkReply): BeginChunkResult {
  switch (reply.kind) {
    case 'BEGUN': {
      const { index, sample, clientBytes, told, decoder } = reply;
      const config = decodeConfig(reply.config);
      return { kind: 'begun', index, config, stored: { sample, clientBytes }, toldSeq: told, decoder };
    }
    case 'TAKEN': {
      const { index, told: toldSeq, isAnswered } = reply;
      return { kind: 'taken', index, config: decodeConfig(reply.config), toldSeq, isAnswered };
    }
    case 'AHEAD':
      return { kind: 'ahead', index: reply.index };
    case 'OTHER_BYTES':
      return { kind: 'other_bytes', index: reply.index };
    case 'OVER':
      return { kind: 'over' };
    case 'NOT_CHUNKED':
      return { kind: 'not_chunked' };
    case 'GONE':
      return { kind: 'gone' };
  }
}
