import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recommendedOptions, type PolicyCheckpoint, type PolicyOptions } from '../src/index.ts';
import { createOracle } from './world/oracle.ts';
import { runSession, type Final, type World } from './world/simulated-session.ts';
import { LEDGER_WORD_SAMPLES, ledgerTimeline, timelinesOf, type Timeline } from './world/timeline.ts';

const optionSets: fc.Arbitrary<PolicyOptions> = fc.record({
  recognizer: fc.constant('windowed' as const),
  interimResults: fc.boolean(),
  interimCadenceSamples: fc.constantFrom(1_600, 8_000, 16_000),
  overlapSamples: fc.constantFrom(0, 1_600, 3_200, 8_000, 32_000),
  endpointingSamples: fc.constantFrom(1_600, 4_800, 9_600, 80_000),
  detectorLagSamples: fc.constantFrom(0, 1_536),
  tokensPerSecondLimit: fc.constantFrom(0, 6),
  hardMaxSamples: fc.constantFrom(32_000, 80_000, 240_000),
});

const timings = fc.array(fc.nat(1_000), { minLength: 3, maxLength: 60 });
const flushLists = fc.array(fc.nat(100), { maxLength: 5 });

const worlds: fc.Arbitrary<World> = fc
  .record({
    options: fc.oneof(
      optionSets,
      optionSets.map((options) => ({ ...options, recognizer: 'streaming' as const })),
    ),
    timeline: timelinesOf(LEDGER_WORD_SAMPLES),
    flushPercents: flushLists,
    oracle: fc.record({
      hasWordTimes: fc.boolean(),
      isPunctuated: fc.boolean(),
      mishearsCutWords: fc.boolean(),
      failsSometimes: fc.boolean(),
    }),
  })
  .map(({ options, timeline, flushPercents, oracle }) => ({
    options,
    timeline,
    flushes: flushesAt(timeline, flushPercents),
    decode: createOracle(timeline, oracle),
  }));

function flushesAt(timeline: Timeline, percents: readonly number[]): readonly number[] {
  return percents.map((percent) => Math.floor((timeline.totalSamples * percent) / 100));
}

function isForcedCut(final: Final | undefined): boolean {
  return final?.isUtteranceEnd === false;
}

function thaw(checkpoint: PolicyCheckpoint): PolicyCheckpoint {
  return JSON.parse(JSON.stringify(checkpoint)) as PolicyCheckpoint;
}

/** fast-check prints the seed of a failure; the counts keep the file under ten seconds. */
const runs = (numRuns: number) => ({ numRuns });

describe('the policy, over random sessions', () => {
  it('tiles the timeline with finals: in order, numbered without gap, touching at forced cuts, never overlapping', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { finals, isFinished } = runSession(world);
        expect(isFinished).toBe(true);
        expect(finals.map((final) => final.segmentId)).toEqual(finals.map((_, index) => index));
        for (const [index, final] of finals.entries()) {
          const before = finals[index - 1];
          expect(final.fromSample).toBeGreaterThanOrEqual(before?.toSample ?? 0);
          expect(final.toSample).toBeGreaterThanOrEqual(final.fromSample);
          if (isForcedCut(before)) expect(final.fromSample).toBe(before?.toSample);
        }
      }),
      runs(150),
    );
  });

  it('puts every sample of speech that the detector reported into the range of exactly one final', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { finals, heard } = runSession(world);
        for (const { fromSample, toSample } of heard) {
          const covered = finals.map((final) =>
            Math.max(0, Math.min(final.toSample, toSample) - Math.max(final.fromSample, fromSample)),
          );
          expect(covered.reduce((sum, samples) => sum + samples, 0)).toBe(toSample - fromSample);
        }
      }),
      runs(150),
    );
  });

  it('gives the same finals and checkpoints whatever the timing of decodes and the dropping of interims', () => {
    fc.assert(
      fc.property(worlds, fc.array(timings, { minLength: 3, maxLength: 3 }), (world, timingList) => {
        const reference = runSession(world);
        for (const timing of timingList) {
          const other = runSession(world, { timing });
          expect(other.isFinished).toBe(true);
          expect(other.finals).toEqual(reference.finals);
        }
      }),
      runs(150),
    );
  });

  it('gives the same remaining finals when replayed from any checkpoint', () => {
    fc.assert(
      fc.property(worlds, timings, (world, timing) => {
        const reference = runSession(world);
        for (const { checkpoint, finals } of reference.checkpoints) {
          const replay = runSession(world, { timing, checkpoint: thaw(checkpoint) });
          expect(replay.isFinished).toBe(true);
          expect(replay.finals).toEqual(reference.finals.slice(finals));
        }
      }),
      runs(120),
    );
  });

  it('gives the same finals through any number of crashes at any place', () => {
    fc.assert(
      fc.property(
        worlds,
        timings,
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 }),
        (world, timing, lives) => {
          const reference = runSession(world);
          let checkpoint: PolicyCheckpoint | undefined;
          const finals: Final[] = [];
          for (const turns of [...lives, undefined]) {
            const run = {
              timing,
              ...(checkpoint && { checkpoint }),
              ...(turns !== undefined && { dieAfterTurns: turns }),
            };
            const life = runSession(world, run);
            finals.push(...life.finals);
            const last = life.checkpoints.at(-1);
            if (last !== undefined) checkpoint = thaw(last.checkpoint);
            if (life.isFinished) break;
          }
          expect(finals).toEqual(reference.finals);
        },
      ),
      runs(150),
    );
  });

  it('never takes stable text back before the final', () => {
    fc.assert(
      fc.property(worlds, timings, (world, timing) => {
        const { interims } = runSession(world, { timing });
        for (const [index, interim] of interims.entries()) {
          expect(interim.stableChars).toBeLessThanOrEqual(interim.text.length);
          expect(interim.hypothesis.text).toBe(interim.text);
          const before = interims[index - 1];
          if (before?.segmentId !== interim.segmentId) continue;
          expect(interim.revision).toBe(before.revision + 1);
          expect(interim.text.startsWith(before.text.slice(0, before.stableChars))).toBe(true);
          expect(interim.stableChars).toBeGreaterThanOrEqual(before.stableChars);
        }
      }),
      runs(150),
    );
  });

  it('keeps every checkpoint under 1 kB and the audio to be kept under 17.8 s', () => {
    fc.assert(
      fc.property(worlds, timings, (world, timing) => {
        for (const { checkpoint } of runSession(world, { timing }).checkpoints) {
          expect(JSON.stringify(checkpoint).length).toBeLessThan(1_000);
          expect(checkpoint.decidedSample - checkpoint.audioFromSample).toBeLessThanOrEqual(17.8 * 16_000);
        }
      }),
      runs(100),
    );
  });

  it('clips word times to the range of their final', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const { hypothesis, text, fromSample, toSample } of runSession(world).finals) {
          expect(hypothesis.text).toBe(text);
          for (const word of hypothesis.words ?? []) {
            expect(word.startSample).toBeGreaterThanOrEqual(fromSample);
            expect(word.endSample).toBeLessThanOrEqual(toSample);
            expect(word.endSample).toBeGreaterThanOrEqual(word.startSample);
          }
        }
      }),
      runs(100),
    );
  });
});

describe('the policy, with a recogniser that knows every word', () => {
  const keys = (finals: readonly Final[]): readonly string[] =>
    finals
      .flatMap((final) => final.text.split(' '))
      .map((word) => word.toLowerCase().replace('.', ''))
      .filter((key) => key !== '');

  it('loses and doubles nothing in 60 s of unbroken 100 ms words, wherever the cuts fall', () => {
    fc.assert(
      fc.property(
        fc.record({
          options: optionSets,
          startSample: fc.integer({ min: 0, max: 5_000 }),
          levels: fc.constantFrom('flat' as const, 'shaped' as const),
          oracle: fc.record({ hasWordTimes: fc.boolean(), isPunctuated: fc.boolean() }),
          timing: timings,
        }),
        ({ options, startSample, levels, oracle, timing }) => {
          const timeline = ledgerTimeline(600, { startSample, levels });
          const world = { options, timeline, decode: createOracle(timeline, oracle) };
          const { finals } = runSession(world, { timing });
          expect(finals.length).toBeGreaterThan(3);
          expect(keys(finals)).toEqual(timeline.words.map((word) => word.text));
          for (const { hypothesis, text } of finals) {
            if (oracle.hasWordTimes)
              expect(hypothesis.words ?? []).toHaveLength(text === '' ? 0 : text.split(' ').length);
          }
        },
      ),
      runs(60),
    );
  });

  /**
   * A detector with lag that is reset at a boundary never reports what began and ended within its lag before it (2048 samples
   * here, its windows included): the price of exact replay. Longer words are heard on one side of the reset or the other.
   */
  it.each([
    { lagSamples: 0, shortestWordSamples: 1_600 },
    { lagSamples: 1_536, shortestWordSamples: 4_096 },
  ])('loses and doubles nothing in speech with pauses, $lagSamples samples of lag', (row) => {
    fc.assert(
      fc.property(optionSets, timelinesOf(row.shortestWordSamples), timings, (options, spoken, timing) => {
        const timeline = { ...spoken, totalSamples: spoken.totalSamples + 2_048 };
        const world = { options: { ...options, detectorLagSamples: row.lagSamples }, timeline };
        const { finals } = runSession({ ...world, decode: createOracle(timeline) }, { timing });
        expect(keys(finals)).toEqual(timeline.words.map((word) => word.text));
      }),
      runs(100),
    );
  });

  /** Without lag: a detector that is reset every 0.1 s and decides 96 ms late would never report anything. */
  it('loses and doubles nothing when unbroken speech is flushed anywhere, in the middle of words too', () => {
    fc.assert(
      fc.property(optionSets, fc.array(fc.integer({ min: 1, max: 298 })), fc.nat(1_600), (options, words, shift) => {
        const timeline = ledgerTimeline(300);
        const flushes = words.map((word) => word * LEDGER_WORD_SAMPLES + shift);
        const { finals } = runSession({
          options: { ...options, detectorLagSamples: 0 },
          timeline,
          flushes,
          decode: createOracle(timeline),
        });
        expect(keys(finals)).toEqual(timeline.words.map((word) => word.text));
      }),
      runs(60),
    );
  });

  /** Ten times the finals would be many times the size; a quarter more is a rarer utterance. */
  it('does not grow with the session: twenty minutes leave about as large a state as two', () => {
    const largest = (seconds: number): number => {
      const timeline = ledgerTimeline(seconds * 10);
      return runSession({ options: recommendedOptions, timeline, decode: createOracle(timeline) }).largestStateChars;
    };
    expect(largest(1_200)).toBeLessThan(largest(120) * 1.25);
  });
});
