import { initialState, recommendedOptions, step, type PolicyEffect, type PolicyEvent } from '../src/index.ts';

/** Plays a session: every event goes in, what its effects lead to comes back as further events. */
export function play(events: readonly PolicyEvent[], perform: (effect: PolicyEffect) => readonly PolicyEvent[]): void {
  let state = initialState(recommendedOptions);
  const inbox = [...events];
  for (let event = inbox.shift(); event !== undefined; event = inbox.shift()) {
    const result = step(state, event);
    state = result.state;
    inbox.unshift(...result.effects.flatMap(perform));
  }
}
