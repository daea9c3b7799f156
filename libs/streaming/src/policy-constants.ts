/**
 * The measured constants of the policy. Units: samples at 16 kHz unless the name says otherwise.
 * @see docs/adr/0003-streaming-policy.md for the measurements behind them.
 */

/** 1 s. Every position in audio is a sample count at this rate. */
export const SAMPLES_PER_SECOND = 16_000;

/** 0.20 s before the first speech: onsets are soft, and a head cut by 0.1 s costs 5 points of WER. */
export const PRE_ROLL_SAMPLES = 3_200;

/** 0.15 s after the last speech: without it the last consonant is lost, which costs 2.5 points of WER. */
export const POST_ROLL_SAMPLES = 2_400;

/** 10 s: past this an utterance closes on {@link SOFT_ENDPOINT_SAMPLES} already, so that most never reach the hard limit. */
export const SOFT_MAX_SAMPLES = 160_000;

/** 0.35 s: longer than the gaps inside a phrase, shorter than the usual endpoint. */
export const SOFT_ENDPOINT_SAMPLES = 5_600;

/** 4 s at the end of a too long utterance are searched for its quietest place. */
export const SPLIT_SEARCH_SAMPLES = 64_000;

/** 0.4 s at its very end are not: the next part must begin with enough speech to be an utterance. */
export const SPLIT_KEEP_OUT_SAMPLES = 6_400;

/** 20 ms: what one entry of `levelsDbfs` covers. */
export const LEVEL_SAMPLES = 320;

/** 60 ms (three levels): shorter is a closure inside a word, longer is a pause that would have ended the utterance. */
export const QUIET_WINDOW_LEVELS = 3;

/** 2 s: below this a forced split has no room for its search and its overlap. */
export const SHORTEST_HARD_MAX_SAMPLES = 32_000;

/** 0.5 s: a detector that decides later than this is not one the pre-roll can make up for. */
export const LONGEST_DETECTOR_LAG_SAMPLES = 8_000;

/** 0.5 s of audio before the first interim: less is decoded into noise. */
export const INTERIM_MIN_SAMPLES = 8_000;

/** 0.2 s after an interim with no word to show: the first often holds one word only, which is withheld, and a short window is cheap. */
export const WORDLESS_CADENCE_SAMPLES = 3_200;

/** 4 s: from this window length on the cadence grows, because a decode costs in proportion to its window. */
export const CADENCE_GROWTH_FROM_SAMPLES = 64_000;

/** 0.05 s of cadence for each second of window past {@link CADENCE_GROWTH_FROM_SAMPLES}: twice as much brings words 0.15 s later at p95. */
export const CADENCE_GROWTH_PER_SAMPLE = 0.05;

/** 0.2 s of silence: the utterance is decoded as if it had ended. */
export const SPECULATION_SILENCE_SAMPLES = 3_200;

/** 0.1 s of silence before the samples of a decode: the recogniser mishears speech that starts at its first sample. */
export const PAD_HEAD_SAMPLES = 1_600;

/** 0.3 s of silence behind them: without it the last word is dropped. */
export const PAD_TAIL_SAMPLES = 4_800;

/** 0.1 s: less audio holds no word and is answered with an empty text, without a decode. */
export const SHORTEST_DECODE_SAMPLES = 1_600;

/** 0.45 s of speech must bring a word; an empty answer to more is a failure of the engine, not silence. */
export const EMPTY_SUSPECT_SPEECH_SAMPLES = 7_200;

/** 2.5 s: in a range this short an answer at the token limit is cut off or looping. */
export const TOKEN_LIMIT_SUSPECT_SAMPLES = 40_000;

/** A suspicious answer is asked for again at most twice: a third try never helped. */
export const MAX_RETRIES = 2;

/** 0.1 s cut from the head at the first retry: enough to move the engine out of its loop, and inside the pre-roll. */
export const FIRST_HEAD_CUT_SAMPLES = 1_600;

/** 0.25 s cut from the head at the second retry. */
export const SECOND_HEAD_CUT_SAMPLES = 4_000;

/** 0.1 s cut from the tail where the head has no silence to give: the post-roll covers it. */
export const TAIL_CUT_SAMPLES = 1_600;

/** Words at the head of a part that may repeat the tail of the part before, for the usual overlap of 200 ms. */
export const STITCH_MIN_WORDS = 4;

/** 0.1 s: nobody speaks words faster, so a wider overlap lets one more word repeat for each of these. */
export const SHORTEST_WORD_SAMPLES = 1_600;

/** 1 s of silence: the detector starts afresh and the audio before is released, so that silence does not fill the backbone. */
export const SILENCE_RELEASE_SAMPLES = 16_000;

/** Finals that may wait for their decode. At the bound the shell stops reading audio; eight are up to two minutes of speech. */
export const WAITING_FINALS_LIMIT = 8;
