import { PAD_HEAD_SAMPLES, PAD_TAIL_SAMPLES } from '../policy-constants.ts';
import type { InFlight, PolicyState, PolicyStep } from '../policy-state.ts';

/** Asks for a decode. It takes the place of the one in flight, whose late answer is then one to an unknown request. */
export function requestDecode(state: PolicyState, request: Omit<InFlight, 'requestId'>): PolicyStep {
  const requestId = state.nextRequestId;
  const { kind, fromSample, toSample } = request;
  const padding = { padHeadSamples: PAD_HEAD_SAMPLES, padTailSamples: PAD_TAIL_SAMPLES };
  return {
    state: { ...state, inFlight: { ...request, requestId }, nextRequestId: requestId + 1 },
    effects: [{ type: 'decode', requestId, kind, fromSample, toSample, ...padding }],
  };
}
