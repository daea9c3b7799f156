import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { PolicyEvent } from '../src/index.ts';
import { play } from './readme-example.ts';

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example of the README', () => {
  it('is the code that is compiled here', () => {
    const code = textOf('./readme-example.ts').replace('../src/index.ts', '@verbatim/streaming');
    expect(textOf('../README.md')).toContain(code);
  });

  it('turns a second of speech and its end into a final', () => {
    const frames = Array.from({ length: 10 }, (_, index): PolicyEvent => {
      const endSample = (index + 1) * 1_600;
      return { type: 'frame_arrived', endSample, speech: [{ endSample, isSpeech: true }], levelsDbfs: [] };
    });
    const finals: string[] = [];
    play([...frames, { type: 'input_ended' }], (effect) => {
      if (effect.type === 'emit_final') finals.push(effect.text);
      if (effect.type !== 'decode') return [];
      const hypothesis = { text: `heard ${effect.toSample} samples`, confidence: null, language: 'en' };
      return [{ type: 'decode_finished', requestId: effect.requestId, hypothesis }];
    });
    expect(finals).toEqual(['heard 16000 samples']);
  });
});
