import { expect, it } from '@jest/globals';
import { closesCounter, TrafficCounters } from './traffic-counters.ts';

it('hands over what was counted, once, and nothing that is zero', () => {
  const counters = new TrafficCounters();
  counters.count('sessions_opened');
  counters.count('refused_sessions:overloaded');
  counters.count('refused_sessions:overloaded');
  expect(counters.take()).toEqual({ sessions_opened: 1, 'refused_sessions:overloaded': 2 });
  expect(counters.take()).toEqual({});
});

it('adds what could not be stored to what came since', () => {
  const counters = new TrafficCounters();
  counters.count('resumes_recovered');
  counters.receivedSamples = 1600;
  const lost = counters.take();
  counters.count('resumes_recovered');
  counters.receivedSamples = 800;
  counters.giveBack(lost);
  expect(counters.take()).toEqual({ resumes_recovered: 2, audio_samples_received: 2400 });
});

it.each([
  [1000, 'closes:1000'],
  [4201, 'closes:4201'],
  [3999, 'closes:other'],
  [4999, 'closes:other'],
])('counts a close with %i as %s: a client cannot make up counters', (code, name) => {
  expect(closesCounter(code)).toBe(name);
});
